/** What every command owes whoever started it. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "main.ts");

test("U4: a pipe whose reader is slow gets everything", async () => {
  const nowhere = join(tmpdir(), "vb-no-home");
  // The reader lets the pipe run full first: a shorter wait could only let a fault pass, never fail a whole answer.
  const command = `"${process.execPath}" "${MAIN}" --home "${nowhere}" taxonomy show | (sleep 1; cat)`;
  const ran = Bun.spawn(["/bin/sh", "-c", command], { stdout: "pipe", stderr: "inherit" });
  const shown = await new Response(ran.stdout).text();
  expect(shown.length).toBeGreaterThan(65_536);
  expect(JSON.parse(shown)).toHaveProperty("domains");
});

test("U5: settings that are empty are not made", async () => {
  const home = join(tmpdir(), "vb-no-person");
  const empty = { VERBATIM_HOME: "", VERBATIM_URL: "", VERBATIM_PORT: "", REDIS_URL: "" };
  const one = Bun.spawn([process.execPath, MAIN, "status"], {
    env: { ...empty, HOME: home },
    stdout: "pipe",
  });
  expect(await new Response(one.stdout).text()).toContain(join(home, ".verbatim"));
});

async function ran(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const nowhere = join(tmpdir(), "vb-no-home");
  const one = Bun.spawn([process.execPath, MAIN, "--home", nowhere, ...args], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(one.stdout).text(),
    new Response(one.stderr).text(),
    one.exited,
  ]);
  return { out, err, code };
}

test("a command that there is not leads to those there are, and --version is known", async () => {
  const unknown = await ran("nosuch");
  expect(unknown.code).toBe(64);
  expect(unknown.err).toContain("verbatim --help");
  expect((await ran("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a taxonomy's faults are sentences, one a line, each with its place", async () => {
  const file = join(tmpdir(), `vb-taxonomy-${process.pid}.json`);
  await Bun.write(file, '{"name":"boats","version":0,"domains":{"sail":{"terms":[]}},"extra":1}');
  const { err, code } = await ran("taxonomy", "check", file);
  expect(code).toBe(78);
  expect(err.split("\n").slice(1, -1)).toEqual([
    "  - version: must be at least 1",
    "  - domains.sail.about: is missing",
    "  - domains.sail.terms: must be an object in braces",
    '  - the taxonomy: nothing here is called "extra"',
  ]);
  expect(err).not.toContain("Mend it");
  await rm(file);
});

test("the classic score says in words what it cannot read, and refuses filters", async () => {
  const folder = await ran("score", "--classic", tmpdir());
  expect(folder).toMatchObject({ code: 66, err: expect.stringContaining("it is a folder") });
  const none = await ran("score", "--classic", join(tmpdir(), "vb-no-file"));
  expect(none).toMatchObject({ code: 66, err: expect.stringContaining("it is not there") });
  const text = await ran("score", "--classic", join(import.meta.dir, "main.ts"));
  expect(text).toMatchObject({ code: 65, err: expect.stringContaining("no row of an earlier") });
  const filtered = await ran("score", "--classic", "--speaker", "ada", "old.json");
  expect(filtered).toMatchObject({ code: 64, err: expect.stringContaining("--speaker") });
});

test("a report that nobody could write down is not begun", async () => {
  const { err, code } = await ran("report", "--out", "/no/such/folder/report.md");
  expect(code).toBe(64);
  expect(err).toContain("there is no folder /no/such/folder");
  expect(await ran("report", "--format", "md", "--json")).toMatchObject({ code: 64 });
});
