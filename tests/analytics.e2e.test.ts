/**
 * From messages to numbers people act on: a score, reports as files, alerts that
 * reach who asked for them, through failing receivers and killed workers.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

const SECRET = `whsec_${Buffer.from("a secret of the test, long enough").toString("base64")}`;
const SPEAKERS = ["ada", "bob", "cyd"];

type Call = { readonly headers: Headers; readonly body: string };

let place: string;
let home: string;
let system: System;
const calls: Call[] = [];
const receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    calls.push({ headers: request.headers, body: await request.text() });
    // The first one is lost on purpose.
    return new Response(null, { status: calls.length === 1 ? 500 : 200 });
  },
});

beforeAll(async () => {
  ({ place, system } = await systemIn("analytics", ["--no-bus"], {
    TEST_HOOK_SECRET: SECRET,
    VERBATIM_ALERTS_EVERY_S: "2",
  }));
  home = join(place, "home");
  await system.start();
}, 120_000);

afterAll(async () => {
  await receiver.stop(true);
  await leave(place, system);
}, 60_000);

const get = async <Shape>(path: string): Promise<Shape> =>
  await jsonOf<Shape>(await fetch(`${system.url}${path}`));

async function say(from: number, to: number): Promise<void> {
  const messages = Array.from({ length: to - from }, (_, one) => {
    const at = from + one;
    return {
      id: `m-${at}`,
      session_id: `s-${at % 4}`,
      author: { name: SPEAKERS[at % 3], role: "agent" },
      said_at: new Date(Date.UTC(2026, 0, 1 + (at % 10), 8, at)).toISOString(),
      text: `number ${at}: the database migration of table ${at} is done, deploy the schema next`,
    };
  });
  const answer = await fetch(`${system.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
  });
  expect(answer.status).toBe(201);
}

type Reach = { readonly counted_to: number; readonly settled_to: number };

async function counted(atLeast: number): Promise<void> {
  await until("everything is counted", 60_000, async () => {
    const reach = await get<Reach>("/v1/analytics/score");
    return reach.counted_to >= atLeast && reach.counted_to === reach.settled_to;
  });
}

test("with nothing said every answer is there, and says so", async () => {
  const score = await system.cli("score");
  expect([score.code, score.err]).toEqual([0, ""]);
  expect(score.out).toContain("nothing counts yet");
  const threads = await system.cli("threads");
  expect(threads.out).toContain("nothing was said there yet");
  const none = await system.cli("score", "--classic");
  expect([none.code, none.out]).toEqual([66, ""]);
}, 60_000);

test("messages that were posted are in the score, the timeline, breakdowns and threads", async () => {
  await say(0, 60);
  await counted(60);
  const score = await get<{ score: number; parts: { speaker_diversity: { value: number } } }>(
    "/v1/analytics/score",
  );
  expect(score.parts.speaker_diversity.value).toBe(100);
  expect(score.score).toBeGreaterThan(20);
  const named = await get<{ total: number; data: { name: string; count: number }[] }>(
    "/v1/analytics/breakdown?of=speakers",
  );
  expect(named.data.map(({ name, count }) => [name, count])).toEqual([
    ["ada", 20],
    ["bob", 20],
    ["cyd", 20],
  ]);
  const days = await get<{ data: { messages: number }[] }>("/v1/analytics/timeline?by=day");
  expect(days.data.map(({ messages }) => messages)).toEqual(Array(10).fill(6));
  const half = await get<{ data: { at: string }[] }>(
    "/v1/analytics/timeline?since=2026-01-06&speaker=ada",
  );
  expect(half.data[0]?.at).toBe("2026-01-06");
  const threads = await get<{ messages: number; threads: { messages: unknown[] }[] }>(
    "/v1/analytics/threads",
  );
  expect([threads.messages, threads.threads.flatMap((one) => one.messages).length]).toEqual([
    60, 60,
  ]);
  const shown = await system.cli("score", "--json");
  expect(JSON.parse(shown.out)).toMatchObject({ score: score.score });
}, 60_000);

test("the classic score is the same of files and of their records in the journal", async () => {
  const row = { Id: "1", Timestamp: "2025-01-01T00:00:00Z", Message: "{}", SpeakerName: "ada" };
  const rows = [{ ...row, chain_type: "ui_ux", Metadata: { a: 1 }, shl_tags: ["x"] }, row];
  const file = join(place, "old.jsonl");
  await writeFile(file, rows.map((one) => `${JSON.stringify(one)}\n`).join(""));
  // 1 of 3 speakers, 2 of 10 domains ("unknown" is one), 2 of 100 rows, a half, a half.
  const expected = { score: 31.07, rows: 2 };
  const fromFile = await system.cli("score", "--classic", file, "--json");
  expect(JSON.parse(fromFile.out)).toMatchObject(expected);
  expect((await system.cli("import", file)).code).toBe(0);
  const fromJournal = await system.cli("score", "--classic", "--json");
  expect(JSON.parse(fromJournal.out)).toMatchObject(expected);
  expect((await system.cli("score", file)).code).toBe(64);
}, 60_000);

test("what is asked wrong is 400 and says what", async () => {
  for (const [path, about] of [
    ["score?since=yesterday", "since"],
    ["report?since=2026-02-01&until=2026-01-01", "until"],
    ["breakdown?of=colours", "of"],
    ["timeline?by=year", "by"],
    ["threads?gap_minutes=0", "gap_minutes"],
  ]) {
    const answer = await fetch(`${system.url}/v1/analytics/${path}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ path: about }] });
  }
});

test("a report is made, kept as two whole files, listed and shown", async () => {
  const made = await system.cli("report", "--since", "2026-01-01");
  expect(`${made.code} ${made.err}`).toStartWith("0");
  expect(made.out).toContain("collaboration score");
  const listing = await get<{ data: { id: string; total_messages: number }[] }>("/v1/reports");
  const id = listing.data[0]?.id ?? "";
  expect(listing.data[0]?.total_messages).toBe(60);
  expect(made.out).toContain(join(home, "reports", `${id}.md`));
  const markdown = await readFile(join(home, "reports", `${id}.md`), "utf8");
  expect(markdown).toContain("## Overview");
  const kept = JSON.parse(await readFile(join(home, "reports", `${id}.json`), "utf8"));
  expect(kept).toMatchObject({ counted_messages: 60, report_id: id });
  const file = await fetch(`${system.url}/v1/reports/${id}/file?format=md`);
  expect(file.headers.get("content-type")).toStartWith("text/markdown");
  expect(await file.text()).toBe(markdown);
  const again = await fetch(`${system.url}/v1/reports/${id}/file?format=md`, {
    headers: { "if-none-match": file.headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
  for (const path of ["..%2f..%2fcurrent", "%2e%2e", "analytics_report_20260101_000000"])
    expect((await fetch(`${system.url}/v1/reports/${path}/file`)).status).toBe(404);
  const unkept = await system.cli("report", "--no-save", "--format", "md");
  expect(unkept.out).toContain("## Overview");
  expect((await get<{ data: unknown[] }>("/v1/reports")).data).toHaveLength(listing.data.length);
}, 60_000);

test("workers that are killed make the report that was asked for, once and whole", async () => {
  const before = (await readdir(join(home, "reports"))).length;
  const asked = await Promise.all(
    [1, 2, 3].map(async () => {
      const answer = await fetch(`${system.url}/v1/reports`, { method: "POST" });
      return (await jsonOf<{ id: string }>(answer)).id;
    }),
  );
  process.kill((await system.processes()).get("workers") ?? 0, "SIGKILL");
  const ids = new Set<string>();
  for (const job of asked)
    await until(`report ${job} is made`, 90_000, async () => {
      const state = await get<{ id: string; state: string }>(`/v1/reports/${job}`);
      ids.add(state.id);
      return state.state === "completed";
    });
  const made = [...ids].filter((id) => id.startsWith("analytics_report_"));
  expect(made).toHaveLength(3);
  const files = await readdir(join(home, "reports"));
  expect(files.filter((name) => !/[.](json|md)$/.test(name))).toEqual([]);
  expect(files).toHaveLength(before + 6);
  for (const name of files.filter((one) => one.endsWith(".json")))
    expect(JSON.parse(await readFile(join(home, "reports", name), "utf8"))).toHaveProperty(
      "report_id",
      name.replace(".json", ""),
    );
}, 120_000);

const alerts = async (): Promise<{
  problem: string | null;
  data: { name: string; firing: boolean }[];
}> => await get("/v1/analytics/alerts");

test("an alert is told once, signed, after an answer that failed; and once when it is over", async () => {
  const rule = (below: number): string =>
    JSON.stringify({
      rules: [
        {
          name: "low-score",
          metric: "collaboration_score",
          below,
          hours: 8784,
          webhook: { url: receiver.url.href, secret_env: "TEST_HOOK_SECRET" },
        },
      ],
    });
  await writeFile(join(home, "alerts.json"), rule(101));
  await until("the alert holds", 30_000, async () => (await alerts()).data[0]?.firing === true);
  expect(await get("/v1/status")).toMatchObject({ alerts: { firing: ["low-score"] } });
  await until("it was heard at the second try", 60_000, async () => calls.length >= 2);
  const [lost, heard] = calls;
  const id = heard?.headers.get("webhook-id") ?? "";
  expect(lost?.headers.get("webhook-id")).toBe(id);
  const signed = `${id}.${heard?.headers.get("webhook-timestamp")}.${heard?.body}`;
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  expect(heard?.headers.get("webhook-signature")).toBe(
    `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  );
  expect(JSON.parse(heard?.body ?? "{}")).toMatchObject({ type: "alert.fired" });

  // Killed and looked at again several times: it still holds, and nobody is told again.
  process.kill((await system.processes()).get("workers") ?? 0, "SIGKILL");
  const { checked_at } = await get<{ checked_at: string }>("/v1/analytics/alerts");
  await until("it was looked at again", 60_000, async () => {
    const now = await get<{ checked_at: string }>("/v1/analytics/alerts");
    return Date.parse(now.checked_at) > Date.parse(checked_at) + 3000;
  });
  expect(calls).toHaveLength(2);
  await writeFile(join(home, "alerts.json"), rule(0));
  await until("it is told that it is over", 60_000, async () => calls.length === 3);
  expect(JSON.parse(calls[2]?.body ?? "{}")).toMatchObject({ type: "alert.ended" });
  expect((await alerts()).data[0]?.firing).toBe(false);
}, 180_000);

test("rules that are broken stop nothing, and are told by status and doctor", async () => {
  await writeFile(join(home, "alerts.json"), '{"rules": [{"name": 7}]}');
  const { problem } = await alerts();
  expect(problem).toContain("name");
  const status = await system.cli("status");
  expect([status.code, status.out]).toEqual([0, expect.stringContaining("alerts.json")]);
  const doctor = await system.cli("doctor");
  expect(doctor.out).toMatch(/PROBLEM +alerts/);
  await rm(join(home, "alerts.json"));
}, 60_000);
