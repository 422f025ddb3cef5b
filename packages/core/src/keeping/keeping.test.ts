import { expect, test } from "bun:test";
import fc from "fast-check";
import { VerbatimError } from "../errors.ts";
import type { RecordedFile } from "../forget/aged.ts";
import { sizesOf } from "./growth.ts";
import { type KeptFile, planRetention } from "./plan.ts";
import { readRetention, STANDARD_RETENTION } from "./policy.ts";
import { type Home, type RetainOptions, retain } from "./retain.ts";

const NOW = Date.parse("2026-02-01T00:00:00.000Z");
const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(NOW - days * DAY_MS).toISOString();
const file = (place: KeptFile["place"], name: string, days: number): KeptFile => ({
  ...{ place, file: name, bytes: 100, written_at: daysAgo(days) },
  compressible: place === "journal" || place === "checkpoints",
  droppable: place === "journal",
});
const FILES = [
  file("journal", "new", 0.5),
  file("journal", "old", 2),
  { ...file("journal", "small", 9), compressible: false },
  file("checkpoints", "young", 29),
  file("checkpoints", "aged", 31),
  file("reports", "report", 400),
  file("exports", "export", 400),
];

const recorded = (source: string, path: string, days: number): RecordedFile => ({
  ...{ source, path, newest_at: daysAgo(days), entries: 2, bytes: 50 },
});
const RECORDED = [
  recorded("claude-code", "-a/old.jsonl", 400),
  recorded("claude-code", "-a/young.jsonl", 364),
  recorded("claude-code", "-diary/day.jsonl", 31),
  recorded("claude-code", "-work/older.jsonl", 900),
  recorded("jsonl", "other.jsonl", 900),
];

const SEALED = ["journal/archive/a", "checkpoints/b"].map((name) => ({
  ...{ name, path: name, bytes: 5, changed_at: daysAgo(1) },
}));

/** A home that notes what is done to it. */
function homeOf(text: string | null, broken: readonly string[] = []): Home & { done: string[] } {
  const done: string[] = [];
  return {
    done,
    policyText: async () => text,
    policyPath: "home/retention.json",
    files: async () => FILES,
    compress: async (step) => {
      if (broken.includes(step.file)) throw new VerbatimError("output_failed", "no room");
      done.push(`compress ${step.file}`);
      return 30;
    },
    drop: async (step) => {
      if (broken.includes(step.file)) throw new VerbatimError("conflict", "not proved");
      done.push(`drop ${step.file}`);
      return 10;
    },
    remove: async (step) => {
      done.push(`remove ${step.file}`);
    },
    recorded: async () => RECORDED,
    forget: async (files, before) => {
      done.push(`forget ${files.map(({ path }) => path).join(" ")} before ${before}`);
      return "receipt-1";
    },
    copies: () => ({
      waiting: async () => SEALED,
      copy: async ({ name }) => {
        if (broken.includes(name)) throw new VerbatimError("output_failed", "it is away");
        done.push(`copy ${name}`);
      },
      tidy: async () => void done.push("tidy"),
    }),
    nowMs: () => NOW,
  };
}

const options = (more: Partial<RetainOptions> = {}): RetainOptions => ({
  dryRun: false,
  onProgress: () => {},
  signal: new AbortController().signal,
  ...more,
});

test("without a file what is old is compressed and nothing is removed", async () => {
  const home = homeOf(null);
  const done = await retain(home, options());
  expect(home.done).toEqual(["compress aged", "compress old"]);
  expect(done).toMatchObject({ bytes: 200, saved_bytes: 140, failed: 0, dry_run: false });
});

test("a policy says what it differs in, and null is never", () => {
  const policy = readRetention(
    '\ufeff{ "remove_exports_after_days": 365, "compress_segments_after_days": null }',
    "x",
  );
  expect(policy).toEqual({
    ...STANDARD_RETENTION,
    compress_segments_after_days: null,
    remove_exports_after_days: 365,
  });
  const plan = planRetention(policy, FILES, NOW);
  expect(plan.map((one) => `${one.do} ${one.file} ${one.age_days}`)).toEqual([
    "remove export 400",
    "compress aged 31",
  ]);
});

test("V2: a file with a mistake in it is said, and nothing is touched", async () => {
  const broken: Readonly<Record<string, string>> = {
    "{ 1 }": "line 1, column 3 is not JSON",
    "[]": "must be an object",
    '{ "remove_exports_after_days": "30" }': '"remove_exports_after_days" must be null',
    '{ "remove_exports_after_days": -1 }': "must be null (never) or days, 0 to 36500",
    '{ "compress_segments_after_days": 99999 }': "days, 0 to 36500, and is 99999",
    '{ "sessions_hot_days": 0 }': '"sessions_hot_days" must be whole days, 1 to 3650, and is 0',
    '{ "sources": { "claude": {} } }': '"sources.claude" is no source or folder of one',
    '{ "sources": { "claude-code": { "forget_after_days": 0 } } }':
      '"sources.claude-code.forget_after_days" must be null (never) or days, 1 to 36500, and is 0',
    '{ "sources": { "claude-code": {} } }': "days, 1 to 36500, and is undefined",
    '{ "copy_to": "copies" }': 'an absolute folder, or s3://bucket/prefix, and is "copies"',
    '{ "sources": 3 }': "must be an object of sources",
    '{ "drop_everything": 1 }': 'knows no "drop_everything"; there are compress_segments',
    '{ "remove_reports_after_days": 1, "compress_segments_after_days": [] }': '"compress_segments',
  };
  for (const [text, says] of Object.entries(broken)) {
    const home = homeOf(text);
    const error = await retain(home, options()).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "config_invalid" });
    expect(String(error)).toContain(`home/retention.json: `);
    expect(String(error)).toContain(says);
    expect(home.done).toEqual([]);
  }
});

test("V2: no text is taken for a policy that asks for more than it says", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        const policy = readRetention(text, "x");
        expect(Object.keys(policy).toSorted()).toEqual(Object.keys(STANDARD_RETENTION).toSorted());
      } catch (error) {
        expect(error).toMatchObject({ code: "config_invalid" });
      }
    }),
  );
});

test("a dry run touches nothing, and says what would be done", async () => {
  const home = homeOf('{ "remove_reports_after_days": 100 }');
  const done = await retain(home, options({ dryRun: true }));
  expect(home.done).toEqual([]);
  expect(done.steps.map((one) => [one.file, one.state])).toEqual([
    ["report", "planned"],
    ["aged", "planned"],
    ["old", "planned"],
  ]);
});

test("a step that fails stands there with its reason, and the others are done", async () => {
  const home = homeOf(null, ["aged"]);
  const done = await retain(home, options());
  expect(home.done).toEqual(["compress old"]);
  expect(done).toMatchObject({ failed: 1, saved_bytes: 70 });
  expect(done.steps[0]).toMatchObject({ state: "failed", why: "no room", saved_bytes: 0 });
});

test("V30: a segment is dropped when the policy says so and not before, also one that is compressed already", async () => {
  const home = homeOf('{ "drop_journal_after_days": 5, "compress_segments_after_days": 1 }');
  const done = await retain(home, options());
  expect(home.done).toEqual(["compress aged", "drop small", "compress old"]);
  expect(done.steps.map(({ saved_bytes }) => saved_bytes)).toEqual([70, 90, 70]);
  const unproved = homeOf('{ "drop_journal_after_days": 1 }', ["small"]);
  const left = await retain(unproved, options());
  expect(unproved.done).toEqual(["compress aged", "drop old"]);
  expect(left).toMatchObject({
    failed: 1,
    steps: [{}, { state: "failed", why: "not proved" }, {}],
  });
});

const AGES = `{ "compress_segments_after_days": null, "compress_checkpoints_after_days": null, "sources": {
  "claude-code": { "forget_after_days": 365 },
  "claude-code/-diary": { "forget_after_days": 30 },
  "claude-code/-work": { "forget_after_days": null } } }`;

test("V32: the nearest rule counts, what no rule names stays, and a dry run lists exactly what is asked for", async () => {
  const home = homeOf(AGES);
  const dry = await retain(home, options({ dryRun: true }));
  expect(home.done).toEqual([]);
  const listed = ["claude-code/-a/old.jsonl", "claude-code/-diary/day.jsonl"];
  expect(dry.steps.map(({ file }) => file)).toEqual(listed);
  const done = await retain(home, options());
  expect(home.done).toEqual([
    `forget -a/old.jsonl before ${daysAgo(365)}`,
    `forget -diary/day.jsonl before ${daysAgo(30)}`,
  ]);
  expect(done.steps.map(({ file, state, receipt }) => [file, state, receipt])).toEqual(
    listed.map((file) => [file, "asked", "receipt-1"]),
  );
  expect(done).toMatchObject({ failed: 0, saved_bytes: 0, bytes: 100 });
});

test("C51: a place that is away is said, what can be copied is, and nothing there is tidied before all is", async () => {
  const policy = '{ "copy_to": "/mnt/copies", "compress_segments_after_days": null }';
  const home = homeOf(policy, ["journal/archive/a"]);
  const done = await retain(home, options());
  expect(home.done).toEqual(["compress aged", "copy checkpoints/b"]);
  expect(done).toMatchObject({
    failed: 1,
    steps: [{}, { state: "failed", why: "it is away" }, {}],
  });
  const well = homeOf(policy);
  await retain(well, options());
  expect(well.done.slice(1)).toEqual(["copy journal/archive/a", "copy checkpoints/b", "tidy"]);
});

test("who is stopped does nothing more", async () => {
  const home = homeOf(null);
  const stop = new AbortController();
  stop.abort();
  await expect(retain(home, options({ signal: stop.signal }))).rejects.toThrow();
  expect(home.done).toEqual([]);
});

test("progress goes from nothing to all of it, in bytes", async () => {
  const seen: number[] = [];
  await retain(homeOf(null), options({ onProgress: ({ done, total }) => seen.push(done / total) }));
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test("the forecast is what the last week took on this disk, and says nothing before two days", () => {
  const segment = (days: number, bytes: number, stored: number) => ({
    ...{
      bytes,
      stored_bytes: stored,
      compressed: stored < bytes,
      dropped: false,
      written_at: daysAgo(days),
    },
  });
  const folders = {
    ...{ checkpoints_bytes: 100, exports_bytes: 7, reports_bytes: 7 },
    ...{ redis_bytes: null, postgres_bytes: 900, disk_free_bytes: 10_000, copies: null },
  };
  // Each plain byte costs one and a half on disk, and the fullest day does not count.
  const segments = [segment(30, 300, 100), segment(3, 400, 100), segment(0.1, 300, 300)];
  const sizes = sizesOf(segments, folders, NOW);
  expect(sizes.journal).toEqual({
    ...{ segments: 3, compressed_segments: 2, dropped_segments: 0, bytes: 1000, stored_bytes: 500 },
  });
  expect(sizes.growth).toEqual({
    ...{ journal_bytes_per_day: 50, disk_bytes_per_day: 75 },
    ...{ over_days: 7, full_in_days: 133 },
  });
  expect(sizesOf([segment(1.5, 100, 100)], folders, NOW).growth.full_in_days).toBe(null);
  expect(sizesOf([], folders, NOW).growth.disk_bytes_per_day).toBe(null);
  expect(sizesOf([segment(20, 100, 100)], folders, NOW).growth.full_in_days).toBe(null);
});
