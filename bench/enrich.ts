/**
 * Enrichment: megabytes of text a second on one core, over messages as agents
 * write them and over texts made to be slow. Theirs is the old rules on the same
 * messages: substrings, without hashes, keywords or explanations.
 */
import { hash } from "node:crypto";
import { oldLabels } from "../packages/core/eval/old-rules.ts";
import { enrich } from "../packages/core/src/enrich/enrich.ts";
import type { Message } from "../packages/core/src/message/message.ts";
import { report } from "./report.ts";

const MB = 1024 * 1024;
/** So much of each kind is read. */
const BYTES = 24 * MB;
/** What a core has to do, in MB a second. */
const AIM = 30;

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

const SENTENCES = [
  "Please add a regression test for the empty-array case in tests/parse.test.ts and make sure it fails without the fix.",
  "I'd object to that, because the cache is invalidated twice and nobody can say which of the two wins.",
  "The migration is done: db/migrations/0042_threads.sql ran in 3.1 s on a copy of production.",
  "Should we keep one writer, or let every worker append to its own segment and merge them later?",
  "```ts\nexport function parseHeader(bytes: Uint8Array): Header | null {\n  return bytes.length < 16 ? null : headerOf(bytes);\n}\n```",
  "Waiting for the planner, who has not answered since this morning; I can't go on without the plan.",
  "Tokens per turn fell from 48k to 9k after the history is summarised every twenty messages.",
  "What remains is the layout of the dashboard on small screens, the rest looks right in Firefox and Safari.",
];

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["messages of 250 characters", texts(250)],
  ["messages of 1000 characters", texts(1000)],
  ["messages of 20 000 characters", texts(20_000)],
  ["one line of 1 MB", ["word ".repeat(MB / 5)]],
  ["1 MB without a space", ["a".repeat(MB)]],
  ["1 MB of joined pieces", ["a.b/c-".repeat(MB / 6)]],
  ["1 MB of @ and #", ["@#".repeat(MB / 2)]],
  ["1 MB of @Tags", ["@A-b ".repeat(MB / 5)]],
  ["1 MB of backticks", ["`".repeat(MB)]],
  ["1 MB of one term", ["done ".repeat(MB / 5)]],
  ["1 MB of not", ["not ".repeat(MB / 4)]],
  ["1 MB of questions", ["error? ".repeat(MB / 7)]],
  ["1 MB of words never seen again", [fresh(MB)]],
];

report(
  "enrichment, one core (ours; the old rules; aim 30 MB/s)",
  kinds.map(([what, all]) => ({
    what,
    ours: speedOf(all, (text) => enrich(said(text), sha256)),
    theirs: speedOf(all, (text) => oldLabels(text, "user")),
    unit: "MB/s",
  })),
);
const slowest = Math.min(
  ...kinds.slice(0, 3).map(([, all]) => speedOf(all, (text) => enrich(said(text), sha256))),
);
process.stdout.write(
  `\n  aim ${AIM} MB/s ${slowest >= AIM ? "reached" : "missed"}: ${slowest.toFixed(1)} MB/s\n`,
);

/** The best of three rounds, after one to get warm. */
function speedOf(all: readonly string[], each: (text: string) => unknown): number {
  const bytes = all.reduce((sum, text) => sum + text.length, 0);
  const rounds = Math.max(1, Math.floor(BYTES / bytes / 3));
  const times = [0, 1, 2, 3].map(() => {
    const started = performance.now();
    for (let round = 0; round < rounds; round += 1) for (const text of all) each(text);
    return (performance.now() - started) / 1000;
  });
  return (bytes * rounds) / MB / Math.min(...times.slice(1));
}

function texts(chars: number): readonly string[] {
  const made: string[] = [];
  for (let at = 0; at < 400; at += 1) {
    let text = "";
    for (let step = at; text.length < chars; step += 1 + (at % 3))
      text += `${SENTENCES[step % SENTENCES.length]} ${at % 5 === 0 ? `run ${at} ` : ""}`;
    made.push(text.slice(0, chars));
  }
  return made;
}

function fresh(chars: number): string {
  let text = "";
  for (let at = 0; text.length < chars; at += 1) text += `${(at * 7919).toString(36)}x `;
  return text;
}

function said(text: string): Message {
  const at = "2026-01-01T00:00:00.000Z";
  return {
    id: "m",
    session_id: "s",
    source: "api",
    author: { name: "ada", role: "user" },
    said_at: at,
    heard_at: at,
    seq: 1,
    sub: 0,
    kind: "message",
    parts: [],
    text,
    meta: {},
  };
}
