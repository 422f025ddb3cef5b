import { expect, test } from "bun:test";
import { restorePlan } from "./plan.ts";

const head = (seq: number, key: string) => ({
  seq,
  source: "claude-code",
  key,
  at: "2026-01-01T00:00:00.000Z",
});

test("X1: records are laid by offset, and a later one of the same offset is the better one", () => {
  const plan = restorePlan();
  for (const one of [
    head(1, "a.jsonl#1@0"),
    head(2, "a.jsonl#1@10"),
    head(3, "b.jsonl#1@0"),
    head(4, "a.jsonl#1@10"),
  ])
    plan.take(one);
  const [a] = plan.files();
  expect(a).toMatchObject({ target: "claude-code/a.jsonl" });
  expect([...(a?.records ?? [])]).toEqual([
    [0, 1],
    [10, 4],
  ]);
});

test("X1: the newest generation has the plain name, older ones say which they are", () => {
  const plan = restorePlan();
  for (const one of [head(1, "a.jsonl#1@0"), head(2, "a.jsonl#2@0"), head(3, "k-no-file")])
    plan.take(one);
  expect(plan.files().map((one) => one.target)).toEqual([
    "claude-code/a.jsonl.generation-1",
    "claude-code/a.jsonl",
  ]);
});

test("X2: no name leads out of the folder", () => {
  const plan = restorePlan();
  for (const path of ["../../etc/passwd", "/etc/passwd", "a/../../b", "./x\0y"])
    plan.take(head(1, `${path}#1@0`));
  for (const { target } of plan.files()) {
    expect(target).toStartWith("claude-code/");
    expect(target.split("/")).not.toContain("..");
    expect(target).not.toContain("\0");
  }
});

test("X2: a source is one folder below the one that is restored to, whatever it says", () => {
  for (const source of ["../../etc", "..", ".", "", "/etc", "a/../..", "x\0y"]) {
    const plan = restorePlan();
    plan.take({ ...head(1, "a#1@0"), source });
    for (const { target } of plan.files()) {
      expect(target.split("/")).toHaveLength(2);
      expect(["", ".", ".."]).not.toContain(target.split("/")[0]);
      expect(target).not.toContain("\0");
    }
  }
});

test("X14: a file of which anything was forgotten is named and not made; the other generation of its path is", () => {
  const plan = restorePlan();
  for (const one of [
    head(1, "a.jsonl#1@0"),
    { ...head(2, "a.jsonl#2@0"), erased: true },
    head(3, "a.jsonl#2@10"),
    head(4, "b.jsonl#1@0"),
  ])
    plan.take(one);
  const targets = (files: ReturnType<typeof plan.files>) => files.map(({ target }) => target);
  expect(targets(plan.files())).toEqual([
    "claude-code/a.jsonl.generation-1",
    "claude-code/b.jsonl",
  ]);
  expect(targets(plan.forgotten())).toEqual(["claude-code/a.jsonl"]);
});
