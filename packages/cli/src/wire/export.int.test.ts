/** `verbatim export` on a journal alone, and every query of docs/duckdb.md on what it wrote. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Heard } from "@verbatim/core";
import { openJournal } from "@verbatim/drivers/journal";

const MAIN = join(import.meta.dir, "../main.ts");
const PAGE = join(import.meta.dir, "../../../../docs/duckdb.md");
const DAY = "2026-11-20";
let folder: string;
let home: string;
let duck: DuckDBConnection;

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value)}\n`);

/** One line of a coding agent's session: a question, a call of two lines, its failed answer, a last word. */
function lines(): readonly Heard[] {
  const usage = { input_tokens: 100, output_tokens: 10 };
  const call = { id: "msg_1", role: "assistant", model: "boat-1" };
  const bash = { type: "tool_use", id: "t-1", name: "Bash", input: {} };
  const failed = { type: "tool_result", tool_use_id: "t-1", content: "no", is_error: true };
  const said = [
    ["user", { role: "user", content: "Which port does the harbour test use?" }],
    ["assistant", { ...call, content: [{ type: "text", text: "I look." }], usage }],
    ["assistant", { ...call, content: [bash], usage: { ...usage, output_tokens: 30 } }],
    ["user", { role: "user", content: [failed] }],
    ["user", { role: "user", content: "Is the harbour test green on the other machine?" }],
  ] as const;
  return said.map(([type, message], at) => ({
    source: "claude-code",
    key: `boat/s.jsonl#g@${at * 1000}`,
    at: `${DAY}T12:00:00.000Z`,
    raw: bytes({
      parentUuid: at === 0 ? null : `u-${at}`,
      uuid: `u-${at + 1}`,
      sessionId: "coding-1",
      cwd: "/src/boat",
      version: "2.1.40",
      timestamp: `${DAY}T09:0${at}:00.000Z`,
      type,
      message,
    }),
  }));
}

function posted(id: string, more: object): Heard {
  const item = { id, session_id: "chat-1", said_at: "2026-11-21T23:30:00Z", ...more };
  return { source: "api", key: id, at: "2026-11-22T00:00:00.000Z", raw: bytes(item) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vb-export-"));
  home = join(folder, "home");
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  const ada = { author: { name: "ada", role: "user" }, receiver: "bob" };
  const bob = { author: { name: "bob", role: "agent" }, receiver: "ada" };
  const given = { cwd: "/src/quay", given: { chain_type: "data_management" } };
  const copied = lines()[0];
  await journal.append([
    ...lines(),
    posted("a", { ...ada, text: "The quay is closed.", meta: given }),
    posted("b", { ...ada, text: "the QUAY is closed" }),
    posted("c", {
      ...bob,
      text: "Understood, I wait.",
      model: "boat-2",
      usage: { input_tokens: 5 },
    }),
    // Heard again under another name: a copy of the transcript.
    ...(copied === undefined ? [] : [{ ...copied, key: "copy/s.jsonl#g@0" }]),
  ]);
  await journal.close();
  const db = await DuckDBInstance.create();
  duck = await db.connect();
});

afterAll(async () => {
  duck.closeSync();
  await rm(folder, { recursive: true, force: true });
});

function started(args: readonly string[], at: string = home) {
  return Bun.spawn([process.execPath, MAIN, "--home", at, "export", ...args], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

async function exported(...args: string[]) {
  const ran = started(args);
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  return { out, err, code };
}

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  const found = await duck.runAndReadAll(sql);
  return found.getRowsJson().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
}

/** The queries of the page, each with the heading it stands under. */
function queriesOf(page: string) {
  return page.split("\n## ").flatMap((part) => {
    const [heading = ""] = part.split("\n");
    const [, ...blocks] = part.split("```sql\n");
    return blocks.map((block) => ({ heading, sql: block.split("```")[0] ?? "" }));
  });
}

/** What each query of the page answers, by its heading. Enrichment that may be tuned is asked for by what must be in it. */
const ANSWERS: Readonly<Record<string, readonly (readonly (string | null)[])[]>> = {
  "Messages per day and role": [
    [DAY, "assistant", "2"],
    [DAY, "tool", "1"],
    [DAY, "user", "2"],
    ["2026-11-21", "agent", "1"],
    ["2026-11-21", "user", "2"],
  ],
  "Tokens and cost by model and day": [
    [DAY, "boat-1", "1", "100", "30", null, "1"],
    ["2026-11-21", "boat-2", "1", "5", null, null, "1"],
  ],
  "Who talks to whom": [
    ["ada", "bob", "2"],
    ["bob", "ada", "1"],
  ],
  "Tools and their errors": [["Bash", "1", "1"]],
  "Domains by project": [["/src/quay", "data_management", "1"]],
  "The longest sessions": [
    ["coding-1", "5", "21", "4"],
    ["chat-1", "3", "11", "0"],
  ],
  "Questions nobody answered": [
    ["coding-1", "user", "Is the harbour test green on the other machine?"],
  ],
  "Top keywords": [["harbour", "2"]],
  "Said more than once": [["The quay is closed.", "2", "1"]],
  "Where the bytes are": [
    ["claude-code", "6"],
    ["api", "3"],
  ],
};

test("every query of docs/duckdb.md runs and gives the answer of the journal", async () => {
  const { code, out } = await exported(
    ...["--all", "--format", "parquet", "--out", join(folder, "messages.parquet")],
  );
  expect({ code, out }).toMatchObject({ code: 0 });
  expect(out).toContain("9 messages and 0 records");
  await duck.run(`SET file_search_path = '${folder}'`);
  const page = await readFile(PAGE, "utf8");
  const [first, ...queries] = queriesOf(page);
  await duck.run(first?.sql ?? "");
  expect(queries.map(({ heading }) => heading)).toEqual(Object.keys(ANSWERS));
  expect(page.split("```sql").length).toBe(queries.length + 2);
  for (const { heading, sql } of queries) {
    const found = await rows(sql);
    const expected = ANSWERS[heading] ?? [];
    // Sizes and what enrichment found beside it are not this test's.
    const isOpen = heading === "Top keywords" || heading === "Domains by project";
    const seen = found.map((row) => row.slice(0, expected[0]?.length));
    const shown = isOpen ? seen.filter((row) => expected.some((one) => one[0] === row[0])) : seen;
    expect({ heading, shown: JSON.stringify(shown) }).toEqual({
      heading,
      shown: JSON.stringify(expected),
    });
  }
});

test("filters and sessions choose, nothing that fits is a file without rows and said so", async () => {
  const file = join(folder, "some.parquet");
  const to = ["--format", "parquet", "--out", file, "--force"];
  const count = async (): Promise<unknown> =>
    (await rows(`SELECT count(*) FROM '${file}'`))[0]?.[0];
  expect((await exported("coding", ...to)).out).toContain("6 messages");
  expect(await count()).toBe("6");
  await exported("--all", "--sender", "ada", "--since", "2026-11-21", ...to);
  expect(await count()).toBe("2");
  const json = await exported("--all", "--source", "api", "--json", ...to);
  expect(JSON.parse(json.out)).toEqual({
    file,
    messages: 3,
    records: 0,
    rows: 3,
    bytes: statSync(file).size,
  });
  const none = await exported("--all", "--sender", "nobody", ...to);
  expect(none).toMatchObject({ code: 0, out: expect.stringContaining("no rows") });
  expect(await count()).toBe("0");
});

test("a session that there is not is an error, and nothing is written", async () => {
  const file = join(folder, "nothing.parquet");
  const none = await exported("nosuch", "--out", file);
  expect(none).toMatchObject({ code: 66, err: expect.stringContaining("begins with nosuch") });
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith("nothing"))).toEqual([]);
});

test("two exports at once into a folder choose two names", async () => {
  const target = join(folder, "two");
  await Bun.write(join(target, "keep"), "");
  for (let at = 0; at < 3; at += 1) {
    const made = await exported("--all", "--format", "parquet", "--out", target);
    expect(made.code).toBe(0);
  }
  expect(readdirSync(target).length).toBe(4);
});

test("what cannot be is refused with what there is", async () => {
  const file = join(folder, "kept.parquet");
  const to = ["--format", "parquet", "--out", file];
  expect((await exported("--all", ...to)).code).toBe(0);
  const again = await exported("--all", ...to);
  expect(again).toMatchObject({ code: 65, err: expect.stringContaining("--force") });
  expect(await exported("--all", "--format", "pdf")).toMatchObject({
    code: 64,
    err: expect.stringContaining("parquet"),
  });
  expect((await exported(...to)).code).toBe(64);
  expect(await exported("coding", "--all", ...to)).toMatchObject({
    code: 64,
    err: expect.stringContaining("not both"),
  });
  const lost = started(["--all", ...to, "--force"], join(folder, "no-home"));
  expect(await lost.exited).toBe(66);
});

test("without a place it is a new file in exports/, and the same journal gives the same bytes", async () => {
  const { out } = await exported("--all", "--format", "parquet", "--json");
  const { file } = JSON.parse(out);
  expect(file).toStartWith(join(home, "exports", "messages_"));
  const other = join(folder, "other.parquet");
  await exported("--all", "--format", "parquet", "--out", other);
  expect((await readFile(other)).equals(await readFile(file))).toBe(true);
});

test("a kill halfway leaves no file under the name", async () => {
  const large = join(folder, "large");
  const journal = await openJournal({ dir: join(large, "journal"), program: "test" });
  const author = { name: "ada", role: "user" };
  for (let at = 0; at < 60; at += 1)
    await journal.append([posted(`k-${at}`, { author, text: `${at} `.padEnd(1_000_000, ".") })]);
  await journal.close();
  const target = join(folder, "killed");
  await Bun.write(join(target, "keep"), "");
  const ran = started(
    ["--all", "--format", "parquet", "--out", join(target, "all.parquet")],
    large,
  );
  const isHalfway = (): boolean =>
    readdirSync(target).some(
      (name) => name.endsWith(".part") && statSync(join(target, name)).size > 0,
    );
  for (let looks = 0; looks < 20_000 && ran.exitCode === null && !isHalfway(); looks += 1)
    await Bun.sleep(1);
  ran.kill("SIGKILL");
  await ran.exited;
  expect(ran.signalCode).toBe("SIGKILL");
  expect(existsSync(join(target, "all.parquet"))).toBe(false);
}, 60_000);
