import { expect, test } from "bun:test";
import { restorePlan } from "./plan.ts";

const head = (seq: number, key: string, len = 10) => ({ seq, source: "claude-code", key, len });

test("X1: records are laid by offset, and a later one of the same offset is the better one", () => {
  const plan = restorePlan();
  for (const one of [
    head(1, "a.jsonl#1@0"),
    head(2, "a.jsonl#1@10", 4),
    head(3, "b.jsonl#1@0"),
    head(4, "a.jsonl#1@10", 9),
  ])
    plan.take(one);
  const [a] = plan.files();
  expect(a).toMatchObject({ target: "claude-code/a.jsonl" });
  expect(a?.pieces).toEqual([
    { offset: 0, seq: 1, len: 10 },
    { offset: 10, seq: 4, len: 9 },
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
