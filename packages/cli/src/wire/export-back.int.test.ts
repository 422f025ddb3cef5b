/** Transcripts and lines by `verbatim export` on a journal alone, and lines imported into another home. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "@verbatim/drivers/journal";

const MAIN = join(import.meta.dir, "../main.ts");
let folder: string;
let home: string;

type Ran = { readonly code: number; readonly out: string; readonly err: string };

async function verbatim(...args: readonly string[]): Promise<Ran> {
  const ran = Bun.spawn([process.execPath, MAIN, ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  return { code, out, err };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vb-back-"));
  home = join(folder, "home");
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  for (const session of ["one", "two"])
    for (let at = 0; at < 30; at += 1) {
      const item = {
        id: `${session}-${at}`,
        session_id: session,
        said_at: `2026-11-20T09:00:${String(at).padStart(2, "0")}Z`,
        author: { name: at % 2 === 0 ? "ada" : "boat", role: at % 2 === 0 ? "user" : "assistant" },
        text: `word ${at} of ${session}: ada@example.com`,
      };
      const raw = new TextEncoder().encode(JSON.stringify(item));
      await journal.append([{ source: "api", key: item.id, at: "2026-11-20T10:00:00.000Z", raw }]);
    }
  await journal.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a session is a transcript in the file that was named, in the form its ending says", async () => {
  const file = join(folder, "talk.html");
  const { code, out } = await verbatim("export", "one", "--out", file, "--home", home);
  expect([code, out]).toEqual([0, expect.stringContaining("30 messages")]);
  expect(await readFile(file, "utf8")).toStartWith("<!doctype html>");
  const again = await verbatim("export", "one", "--out", file, "--home", home);
  expect(again).toMatchObject({ code: 65, err: expect.stringContaining("--force") });
});

test("what is taken out is told and is in none of the files", async () => {
  const out = join(folder, "redacted");
  const ran = await verbatim(
    "export",
    "--all",
    "--format",
    "md",
    "--redact",
    "--out",
    out,
    "--home",
    home,
  );
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("1 email") });
  const files = readdirSync(out);
  expect(files.toSorted()).toEqual(["2026-11-20_one.md", "2026-11-20_two.md", "index.md"]);
  for (const file of files) expect(await readFile(join(out, file), "utf8")).not.toContain("ada\\@");
});

test("lines that are imported into another home are the same sessions and messages", async () => {
  const out = join(folder, "lines");
  await verbatim("export", "--all", "--format", "jsonl", "--out", out, "--home", home);
  const other = join(folder, "other");
  const imported = await verbatim("import", out, "--home", other);
  expect(imported).toMatchObject({ code: 0, out: expect.stringContaining("62 records new") });
  const back = join(folder, "back");
  await verbatim("export", "--all", "--format", "jsonl", "--out", back, "--home", other);
  const named = async (dir: string): Promise<readonly unknown[]> => {
    const texts = await Promise.all(
      readdirSync(dir)
        .filter((name) => name.endsWith(".jsonl"))
        .toSorted()
        .map((name) => readFile(join(dir, name), "utf8")),
    );
    return texts
      .flatMap((text) => text.trim().split("\n").slice(1))
      .map((line) => JSON.parse(line))
      .map(({ seq: _, heard_at: __, ...rest }) => rest);
  };
  expect(await named(back)).toEqual(await named(out));
  expect((await named(back)).length).toBe(60);
  const again = await verbatim("import", out, "--home", other);
  expect(again.out).toContain("0 records new");
});

test("X20: a kill halfway leaves no folder under the name", async () => {
  const large = join(folder, "large");
  const journal = await openJournal({ dir: join(large, "journal"), program: "test" });
  for (let at = 0; at < 40; at += 1) {
    const item = { session_id: `s-${at}`, author: { name: "a", role: "user" } };
    const raw = new TextEncoder().encode(
      JSON.stringify({ ...item, text: `${at} `.padEnd(400_000, "word ") }),
    );
    await journal.append([{ source: "api", key: `k-${at}`, at: "2026-11-20T10:00:00.000Z", raw }]);
  }
  await journal.close();
  const target = join(folder, "killed");
  await mkdir(target);
  const args = ["export", "--all", "--format", "md", "--out", join(target, "out"), "--home", large];
  const ran = Bun.spawn([process.execPath, MAIN, ...args], { stdout: "ignore", stderr: "ignore" });
  const isHalfway = (): boolean =>
    readdirSync(target).some((name) => readdirSync(join(target, name)).length > 1);
  for (let looks = 0; looks < 20_000 && ran.exitCode === null && !isHalfway(); looks += 1)
    await Bun.sleep(1);
  ran.kill("SIGKILL");
  await ran.exited;
  expect(ran.signalCode).toBe("SIGKILL");
  expect(existsSync(join(target, "out"))).toBe(false);
}, 60_000);
