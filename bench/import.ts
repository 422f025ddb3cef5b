/**
 * Importing transcripts durably: ours against "parse, write as JSON again,
 * append, fsync every megabyte", and importing again when nothing is new.
 *
 * 300 MB of made-up transcripts; each side runs in processes of its own, by
 * turns, over the same files; medians. `bun bench/import.ts`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "./report.ts";

const TOTAL_BYTES: number = 300 * 1024 * 1024;
const FILES = 150;
const ROUNDS = 5;

type Ran = { readonly ms: number; readonly records: number; readonly residentMb: number };

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
try {
  const transcripts = join(folder, "projects");
  const bytes = makeTranscripts(transcripts);
  const megabytes = bytes / 1e6;
  const ours: Ran[] = [];
  const old: Ran[] = [];
  const again: Ran[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const home = join(folder, `home-${round}`);
    ours.push(await ran("ours", transcripts, home));
    again.push(await ran("ours", transcripts, home));
    rmSync(home, { recursive: true });
    old.push(await ran("old", transcripts, home));
    rmSync(home, { recursive: true });
  }
  const speed = (runs: readonly Ran[]): number => megabytes / (median(runs, "ms") / 1000);
  report(`Import of ${Math.round(megabytes)} MB, ${ours[0]?.records} records, durable`, [
    { what: "import", ours: speed(ours), theirs: speed(old), unit: "MB/s", aim: 2, moonshot: 3.5 },
    {
      what: "most memory resident",
      ours: median(ours, "residentMb"),
      theirs: median(old, "residentMb"),
      unit: "MB",
    },
    {
      what: "again, nothing new, for each 200 MB",
      ours: median(again, "ms") * (200 / megabytes),
      theirs: median(old, "ms") * (200 / megabytes),
      unit: "ms",
    },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function ran(side: "ours" | "old", transcripts: string, home: string): Promise<Ran> {
  const script = join(import.meta.dir, "import-side.ts");
  const child = Bun.spawn([process.execPath, script, side, transcripts, home], { stdout: "pipe" });
  const said: Ran = JSON.parse(await new Response(child.stdout).text());
  return said;
}

function median(runs: readonly Ran[], of: "ms" | "residentMb"): number {
  const inOrder = runs.map((one) => one[of]).toSorted((a, b) => a - b);
  return inOrder[Math.floor(inOrder.length / 2)] ?? 0;
}

/** Files of lines like a coding agent's; the number of bytes made. */
function makeTranscripts(into: string): number {
  let total = 0;
  for (let number = 0; number < FILES; number += 1) {
    const lines: string[] = [];
    let bytes = 0;
    while (bytes < TOTAL_BYTES / FILES) {
      const line = transcriptLine(number, lines.length);
      lines.push(line);
      bytes += line.length + 1;
    }
    const project = join(into, `project-${number % 10}`);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, `session-${number}.jsonl`), `${lines.join("\n")}\n`);
    total += bytes;
  }
  return total;
}

/** Most lines are short, some are long, a few very long; half of them are a tool's answer. */
function transcriptLine(session: number, number: number): string {
  const length = 5 + Math.floor(Math.random() ** 6 * 300);
  const code = Array.from(
    { length },
    (_, index) =>
      `  const value${index} = read("src/file-${index}.ts", { as: 'text' }); // ${index}`,
  ).join("\n");
  const uuid = crypto.randomUUID();
  const usage = { input_tokens: 3, cache_read_input_tokens: 33_000, output_tokens: 120 };
  const tool = { type: "tool_use", id: `tool-${number}`, name: "Edit", input: { file: "a", code } };
  const answer = { type: "tool_result", tool_use_id: `tool-${number}`, content: code };
  const spoken = { type: "text", text: 'I look at it.\n\nThen I "change" it.' };
  return JSON.stringify({
    parentUuid: crypto.randomUUID(),
    isSidechain: false,
    cwd: "/home/someone/project",
    sessionId: `session-${session}`,
    version: "2.1.0",
    gitBranch: "main",
    type: number % 2 === 0 ? "assistant" : "user",
    message:
      number % 2 === 0
        ? { role: "assistant", model: "a-model", content: [spoken, tool], usage }
        : { role: "user", content: [answer] },
    uuid,
    timestamp: "2026-11-21T00:00:00.000Z",
    toolUseResult: { file: "a", lines: code.split("\n").slice(0, 10) },
  });
}
