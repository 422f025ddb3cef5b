/** `verbatim checkpoint` on a journal alone: what it makes, killed, damaged, and counted by DuckDB. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { appendFile, cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Heard } from "@verbatim/core";
import { openJournal } from "@verbatim/drivers/journal";

const MAIN = join(import.meta.dir, "../main.ts");
const PAGE = join(import.meta.dir, "../../../../docs/checkpoints.md");
let folder: string;
let home: string;
let duck: DuckDBConnection;

function posted(id: string, text: string): Heard {
  const item = { id, session_id: "chat-1", author: { name: "ada", role: "user" }, text };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  return { source: "api", key: id, at: "2026-11-22T00:00:00.000Z", raw };
}
const NO_TEXT: Heard = { ...posted("no-text", ""), raw: new Uint8Array([0xff, 0, 10, 13, 0x7b]) };

async function record(at: string, heard: readonly Heard[]): Promise<void> {
  const journal = await openJournal({ dir: join(at, "journal"), program: "test" });
  await journal.append(heard);
  await journal.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vb-checkpoint-"));
  home = join(folder, "home");
  await record(home, [posted("a", "The quay is closed."), NO_TEXT, posted("b", "Tomorrow?")]);
  duck = await (await DuckDBInstance.create()).connect();
});

afterAll(async () => {
  duck.closeSync();
  await rm(folder, { recursive: true, force: true });
});

function started(args: readonly string[], at: string = home) {
  return Bun.spawn([process.execPath, MAIN, "--home", at, ...args], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

async function ran(args: readonly string[], at: string = home) {
  const program = started(args, at);
  const [out, err, code] = await Promise.all([
    new Response(program.stdout).text(),
    new Response(program.stderr).text(),
    program.exited,
  ]);
  return { out, err, code };
}

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  const found = await duck.runAndReadAll(sql);
  return found.getRowsJson().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
}

test("where nothing was recorded it says so, and makes no folder", async () => {
  const none = join(folder, "none");
  const { code, err } = await ran(["checkpoint"], none);
  expect({ code, err }).toMatchObject({ code: 66, err: expect.stringContaining("verbatim up") });
  expect(existsSync(none)).toBe(false);
  expect(await ran(["checkpoints", "list"], none)).toMatchObject({
    code: 0,
    out: expect.stringContaining("there are no checkpoints yet"),
  });
  expect(await ran(["checkpoints", "show", "latest"], none)).toMatchObject({ code: 66 });
  expect(await ran(["checkpoints", "verify"], none)).toMatchObject({ code: 0 });
});

test("one is made of what is new, listed, shown and verified", async () => {
  const first = JSON.parse(
    (await ran(["checkpoint", "--label", "Vor/dem ../Umzug", "--json"])).out,
  );
  expect(first).toMatchObject({
    made: [{ label: "Vor/dem ../Umzug", first_seq: 1, last_seq: 3, messages: 2, asides: 1 }],
    to: 3,
  });
  expect(first.made[0].id).toMatch(/^\d{8}_\d{6}_vor-dem-umzug$/);
  expect((await ran(["checkpoint"])).out).toContain("nothing new since the last checkpoint");
  await record(home, [posted("c", "The harbour is open.")]);
  expect((await ran(["checkpoint"])).out).toContain("1 entry (4), 1 message");
  const listed = JSON.parse((await ran(["checkpoints", "list", "--json"])).out);
  expect(listed.checkpoints.map((one: { first_seq: number }) => one.first_seq)).toEqual([4, 1]);
  expect((await ran(["checkpoints", "show", "latest"])).out).toContain("_manual.parquet");
  expect((await ran(["checkpoints", "list"])).out).toContain("1 to 3");
  const verified = await ran(["checkpoints", "verify"]);
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining("the chain ends in") });
  expect((await ran(["status"])).out).toContain("_manual, up to 4; nothing since");
}, 60_000);

/** What each query of the page answers, by its heading. */
const ANSWERS: Readonly<Record<string, unknown[][]>> = {
  "What there is": [["4", "3", "1"]],
  "Entries of which checkpoint": [
    [expect.stringContaining("_vor-dem-umzug"), "1", "3"],
    [expect.stringContaining("_manual"), "4", "4"],
  ],
  "A record as it was heard": [["api", "a", expect.stringContaining("The quay is closed.")]],
  "Why entries are aside": [["api", expect.any(String), "1"]],
};

test("every query of docs/checkpoints.md runs, and the bytes are those that were heard", async () => {
  const dir = join(home, "checkpoints");
  const page = await readFile(PAGE, "utf8");
  const [, ...parts] = page.split("\n### ");
  expect(parts.map((part) => part.split("\n")[0])).toEqual(Object.keys(ANSWERS));
  for (const part of parts) {
    const sql = part.split("```sql\n")[1]?.split("```")[0] ?? "";
    const expected = ANSWERS[part.split("\n")[0] ?? ""] ?? [];
    const found = await rows(sql.replaceAll("'*.parquet'", `'${dir}/*.parquet'`));
    expect(found.map((row) => row.slice(0, expected[0]?.length))).toEqual(expected);
  }
  const [raw] = await rows(`SELECT hex(raw) FROM '${dir}/*.parquet' WHERE seq = 2`);
  expect(raw).toEqual([Buffer.from(NO_TEXT.raw).toString("hex").toUpperCase()]);
});

test("a changed byte is found and named, and stops no later one", async () => {
  const dir = join(home, "checkpoints");
  const name = readdirSync(dir).find((one) => one.endsWith("umzug.json")) ?? "";
  await appendFile(join(dir, name), " ");
  const verified = await ran(["verify"]);
  expect(verified).toMatchObject({ code: 1, out: expect.stringContaining(`${name}: it has`) });
  await record(home, [posted("d", "Good night.")]);
  expect((await ran(["checkpoint"])).out).toContain("1 entry (5)");
  expect((await ran(["checkpoints", "verify"])).out.split(name).length).toBe(2);
}, 60_000);

test("C26: a kill halfway leaves nothing half, and the next one holds it all", async () => {
  const large = join(folder, "large");
  const many = Array.from({ length: 60 }, (_, at) => posted(`k-${at}`, `${at} `.padEnd(1e6, ".")));
  for (const one of many) await record(large, [one]);
  const dir = join(large, "checkpoints");
  const program = started(["checkpoint"], large);
  const isHalfway = (): boolean =>
    existsSync(dir) &&
    readdirSync(dir).some((name) => name.endsWith(".part") && statSync(join(dir, name)).size > 0);
  for (let looks = 0; looks < 20_000 && program.exitCode === null && !isHalfway(); looks += 1)
    await Bun.sleep(1);
  program.kill("SIGKILL");
  await program.exited;
  expect(program.signalCode).toBe("SIGKILL");
  expect(await ran(["checkpoints", "verify"], large)).toMatchObject({ code: 0 });
  expect((await ran(["checkpoint", "--json"], large)).out).toContain('"count": 60');
  expect(await ran(["checkpoints", "verify"], large)).toMatchObject({ code: 0 });
  expect(readdirSync(dir).length).toBe(4);
}, 60_000);

test("X40: a journal put back from an older backup gets none, until what was said is done", async () => {
  const place = join(folder, "older");
  await record(place, [posted("a", "one"), posted("b", "two")]);
  const backup = join(folder, "backup");
  await cp(join(place, "journal"), backup, { recursive: true });
  await record(place, [posted("c", "three")]);
  await ran(["checkpoint"], place);
  await rm(join(place, "journal"), { recursive: true });
  await cp(backup, join(place, "journal"), { recursive: true });
  const { code, err } = await ran(["checkpoint"], place);
  expect(code).not.toBe(0);
  const move = /mv "(.+)" "(.+)" && verbatim checkpoint/.exec(err);
  expect(err).toContain("go up to entry 3 and the journal ends at 2");
  await rename(move?.[1] ?? "", move?.[2] ?? "");
  expect((await ran(["checkpoint"], place)).out).toContain("2 entries (1 to 2)");
  expect(await ran(["verify"], place)).toMatchObject({ code: 0 });
}, 60_000);

test("what cannot be is refused with what to do", async () => {
  const missing = await ran(["checkpoints", "show", "nosuch"]);
  expect(missing).toMatchObject({ code: 66, err: expect.stringContaining("checkpoints list") });
  expect((await ran(["checkpoints", "show", "2"])).code).toBe(64);
  expect((await ran(["checkpoints", "verify", "--url", "http://127.0.0.1:1"])).code).toBe(64);
});
