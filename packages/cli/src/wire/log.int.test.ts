/** `verbatim log` on a journal alone, with nothing running: every filter, archives, and the numbers. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUS_SOURCE, encodeFrames } from "@verbatim/core";
import { openJournal } from "@verbatim/drivers/journal";

const MAIN = join(import.meta.dir, "../main.ts");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
let home: string;

function said(number: number, sender: string, tier: string, chain: string) {
  const message = {
    sender_id: sender,
    timestamp: `2026-11-0${number}T10:00:00Z`,
    content: { message: `number ${number}` },
    metadata: { ace_tier: tier, chain_type: chain },
  };
  return {
    source: BUS_SOURCE,
    key: `pub/t-${number}`,
    at: "2026-11-21T10:00:00.000Z",
    raw: encodeFrames([bytes("topic"), bytes(JSON.stringify(message))]),
  };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "vb-log-"));
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  await journal.append([
    said(1, "ada", "A", "system_architecture"),
    said(2, "bob", "C", "agent_collaboration"),
  ]);
  await journal.rotate();
  await journal.append([
    said(3, "ada", "E", "testing_validation"),
    said(4, "eve", "E", "testing_validation"),
  ]);
  await journal.close();
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function log(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const ran = Bun.spawn([process.execPath, MAIN, "--home", home, "log", ...args], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  return { out, err, code };
}

async function texts(...args: string[]): Promise<string[]> {
  const { out } = await log("--format", "jsonl", ...args);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).text);
}

test("each filter finds what it says, in every segment, and they combine", async () => {
  expect(await texts()).toEqual(["number 1", "number 2", "number 3", "number 4"]);
  expect(await texts("--limit", "2")).toEqual(["number 3", "number 4"]);
  expect(await texts("--tier", "E")).toEqual(["number 3", "number 4"]);
  expect(await texts("--sender", "ada")).toEqual(["number 1", "number 3"]);
  expect(await texts("--chain", "agent_collaboration")).toEqual(["number 2"]);
  expect(await texts("--sender", "ada", "--tier", "E")).toEqual(["number 3"]);
  expect(await texts("--source", "bus", "--since", "2026-11-03", "--until", "2026-11-04")).toEqual([
    "number 3",
  ]);
});

test("an archive is listed and read alone; one that is not there is named with what to do", async () => {
  const listed = JSON.parse((await log("--list-archives", "--json")).out);
  // Closing seals what is open.
  expect(listed).toMatchObject([
    { first_seq: 1, last_seq: 2 },
    { first_seq: 3, last_seq: 4 },
  ]);
  expect(await texts("--archive", listed[0].file)).toEqual(["number 1", "number 2"]);
  const missing = await log("--archive", "nothing.jsonl");
  expect(missing.code).not.toBe(0);
  expect(missing.err).toContain("verbatim log --list-archives");
});

test("the numbers are those of everything that fits", async () => {
  expect(JSON.parse((await log("--stats", "--json")).out)).toEqual({
    messages: 4,
    repeats: 0,
    tiers: { A: 1, C: 1, E: 2 },
    chains: { agent_collaboration: 1, system_architecture: 1, testing_validation: 2 },
    senders: { ada: 2, bob: 1, eve: 1 },
    sources: { bus: 4 },
    first_said_at: "2026-11-01T10:00:00.000Z",
    last_said_at: "2026-11-04T10:00:00.000Z",
  });
  const shown = (await log("--stats", "--limit", "1")).out;
  expect(shown).toContain("50.0 %");
  expect(shown).toMatch(/E +2 +50\.0 %\n +unclassified +0 +0\.0 %/);
  expect(shown).toContain("[#4] eve (agent) -> topic");
});

test("a taxonomy of one's own sorts the log, and a broken one is named with its place", async () => {
  const path = join(home, "taxonomy.json");
  const own = {
    name: "counts",
    version: 1,
    domains: { numbers: { about: "", terms: { number: 3 } } },
  };
  await writeFile(path, JSON.stringify(own));
  const [first] = (await log("--format", "jsonl", "--limit", "1")).out.split("\n");
  const { enrichment } = JSON.parse(first ?? "");
  expect(enrichment.taxonomy).toStartWith("counts@1+");
  await writeFile(path, '{"name": counts}');
  const broken = await log();
  expect(broken.code).toBe(78);
  expect(broken.err).toContain("line 1, column 10");
  expect(broken.err).toContain("verbatim taxonomy check");
  await rm(path);
});

test("nothing that fits is said with what to try, and a domain that there is not is named", async () => {
  const { err, code } = await log("--sender", "nobody");
  expect(code).not.toBe(0);
  expect(err).toContain("no message fits all that was asked for. Capitals matter");
  const unknown = await log("--chain", "Testing_Validation");
  expect(unknown.err).toContain("no domain Testing_Validation; it has ");
  expect(unknown.err).toContain("testing_validation");
});

test("what would be left out without a word is refused", async () => {
  const listed = await log("--list-archives", "--tier", "A", "--follow");
  expect(listed.code).toBe(64);
  expect(listed.err).toContain("--tier, --follow: archives are listed whole");
  const turned = await log("--since", "2026-11-03", "--until", "2026-11-01");
  expect(turned.code).toBe(64);
  expect(turned.err).toContain("must be after --since");
});

test("what comes is followed until Ctrl-C", async () => {
  const live = await mkdtemp(join(tmpdir(), "vb-follow-"));
  const journal = await openJournal({ dir: join(live, "journal"), program: "test" });
  await journal.append([said(1, "ada", "A", "ui_ux")]);
  const ran = Bun.spawn(
    [process.execPath, MAIN, "--home", live, "log", "--follow", "--format", "jsonl"],
    { stdout: "pipe", stderr: "inherit" },
  );
  const steps = [
    () => journal.append([said(2, "bob", "A", "ui_ux")]),
    // A segment that is sealed meanwhile is followed over its end.
    () => journal.rotate().then(() => journal.append([said(3, "eve", "A", "ui_ux")])),
    () => ran.kill("SIGINT"),
  ];
  const seen: string[] = [];
  let done = 0;
  let rest = "";
  for await (const piece of ran.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${piece}`.split("\n");
    rest = lines.pop() ?? "";
    seen.push(...lines.map((line): string => JSON.parse(line).text));
    while (done < seen.length) {
      done += 1;
      await steps[done - 1]?.();
    }
  }
  expect(seen).toEqual(["number 1", "number 2", "number 3"]);
  expect(await ran.exited).toBe(0);
  await journal.close();
  await rm(live, { recursive: true, force: true });
}, 30_000);
