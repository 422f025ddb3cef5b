/**
 * `verbatim export --all` of 1,000 sessions, whole processes: Markdown, pages,
 * lines and the table, against the least that anything could do: reading the same journal and
 * writing the same bytes into as many files, as safe as ours are.
 *
 * VERBATIM_BENCH_SESSIONS makes more or fewer. `bun bench/export.ts`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, ran } from "./process.ts";
import { report } from "./report.ts";

const SESSIONS = Number(process.env["VERBATIM_BENCH_SESSIONS"] ?? 1000);
const TURNS = 12;
const ROUNDS = 3;
/** Megabytes of Markdown a second, and of memory. */
const AIM = { speed: 20, memory: 250 };
const PROSE =
  "The cache is invalidated twice, and nobody can say which of the two wins: I look at `cache.ts` first.\nIt holds [a map] of *names*, <not> of files, so a file that was renamed keeps its old entry until the next start.\n\n1. Read what is there.\n2. Change one place, and add a test that fails without the change.\n";
const MAIN = join(import.meta.dir, "../packages/cli/src/main.ts");
const SIDE = join(import.meta.dir, "export-side.ts");

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
try {
  const home = join(folder, "home");
  makeTranscripts(join(folder, "projects"));
  await ran([MAIN, "--home", home, "import", join(folder, "projects"), "--json"]);
  const out = join(folder, "out");
  const cli = (...args: string[]): Promise<Ran> =>
    ran([MAIN, "--home", home, "export", "--all", "--json", ...args]);
  const start = await ran([MAIN, "--home", home, "version", "--json"]);
  const ours: Ran[] = [];
  const bare: Ran[] = [];
  const table: Ran[] = [];
  const lines: Ran[] = [];
  const pages: Ran[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const made = await cli("--format", "md", "--out", out);
    ours.push(made);
    rmSync(out, { recursive: true });
    bare.push(await ran([SIDE, home, out, String(made.said["bytes"]), String(SESSIONS)]));
    rmSync(out, { recursive: true });
    for (const [form, runs] of [
      ["jsonl", lines],
      ["html", pages],
    ] as const) {
      runs.push(await cli("--format", form, "--out", out));
      rmSync(out, { recursive: true });
    }
    table.push(await cli("--format", "parquet", "--out", `${out}.parquet`, "--force"));
  }
  const megabytes = (ours[0]?.said["bytes"] ?? 0) / 1e6;
  const rows = table[0]?.said["rows"] ?? 0;
  const sizeOf = ([one]: readonly Ran[]): number => (one?.said["bytes"] ?? 0) / 1e6;
  const speed = (runs: readonly Ran[], of: "ms" | "cpuMs", size: number): number =>
    size / Math.max(0.001, (median(runs, of) - start[of]) / 1000);
  const pair = (what: string, runs: readonly Ran[], of: "ms" | "cpuMs", size: number) => ({
    what,
    ours: speed(runs, of, size),
    theirs: speed(bare, of, size),
    unit: size === rows ? "rows/s" : "MB/s",
  });
  report(`Export of ${SESSIONS} sessions, ${megabytes.toFixed(1)} MB of Markdown, ${rows} rows`, [
    pair("Markdown", ours, "ms", megabytes),
    pair("Markdown, of a core", ours, "cpuMs", megabytes),
    pair("HTML", pages, "ms", sizeOf(pages)),
    pair("lines, everything worked out", lines, "ms", sizeOf(lines)),
    pair("lines, of a core", lines, "cpuMs", sizeOf(lines)),
    pair("Parquet", table, "ms", rows),
    pair("Parquet, of a core", table, "cpuMs", rows),
    { what: "memory, Markdown", ...memories(ours) },
    { what: "memory, lines", ...memories(lines) },
    { what: "memory, Parquet", ...memories(table) },
  ]);
  const reached = (is: boolean): string => (is ? "reached" : "missed");
  const most = Math.max(...[...ours, ...lines, ...pages, ...table].map((one) => one.memory));
  process.stdout.write(
    `\n  aim ${AIM.speed} MB/s ${reached(speed(ours, "ms", megabytes) >= AIM.speed)}, aim ${AIM.memory} MB ${reached(most <= AIM.memory)}\n`,
  );

  function memories(runs: readonly Ran[]): { ours: number; theirs: number; unit: string } {
    return { ours: median(runs, "memory"), theirs: median(bare, "memory"), unit: "MB" };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function median(runs: readonly Ran[], of: "ms" | "cpuMs" | "memory"): number {
  const inOrder = runs.map((one) => one[of]).toSorted((a, b) => a - b);
  return inOrder[Math.floor(inOrder.length / 2)] ?? 0;
}

/** A file for each session, of questions, reasoning, calls with answers, and words about them. */
function makeTranscripts(into: string): void {
  for (let session = 0; session < SESSIONS; session += 1) {
    const project = join(into, `project-${session % 10}`);
    mkdirSync(project, { recursive: true });
    const lines = Array.from({ length: TURNS }, (_, turn) => turnOf(session, turn)).flat();
    writeFileSync(join(project, `session-${session}.jsonl`), `${lines.join("\n")}\n`);
  }
}

function turnOf(session: number, turn: number): readonly string[] {
  const id = (line: number): string => `${session}-${turn}-${line}`;
  const line = (at: number, type: string, content: unknown, more: object = {}): string =>
    JSON.stringify({
      parentUuid: at > 0 ? id(at - 1) : turn === 0 ? null : `${session}-${turn - 1}-6`,
      isSidechain: false,
      cwd: "/home/someone/project",
      sessionId: `session-${session}`,
      version: "2.1.0",
      type,
      message: { role: type, content, ...more },
      uuid: id(at),
      timestamp: `2026-11-${String(1 + (session % 28)).padStart(2, "0")}T10:${String(turn).padStart(2, "0")}:${String(at).padStart(2, "0")}.000Z`,
    });
  const said = { model: "a-model", usage: { input_tokens: 3, output_tokens: 120 } };
  const tool = (at: number, name: string, input: object): string =>
    line(at, "assistant", [{ type: "tool_use", id: `tool-${id(at)}`, name, input }], said);
  const answer = (at: number, content: string): string =>
    line(at, "user", [{ type: "tool_result", tool_use_id: `tool-${id(at - 1)}`, content }]);
  const code = codeOf(10 + ((session * 7 + turn * 13) % 90));
  return [
    line(
      0,
      "user",
      `Why does **step ${turn}** fail for file_${session}.ts?\n\n- it did not before`,
    ),
    line(1, "assistant", [{ type: "thinking", thinking: PROSE }], said),
    tool(2, "Bash", { command: `cat src/file-${session}.ts`, description: "Read the file" }),
    answer(3, code),
    tool(4, "Edit", { file_path: "src/a.ts", old_string: codeOf(6), new_string: codeOf(9) }),
    answer(5, "The file was changed."),
    line(
      6,
      "assistant",
      [{ type: "text", text: `${PROSE}\n\n\`\`\`ts\n${codeOf(8)}\n\`\`\`` }],
      said,
    ),
  ];
}

function codeOf(lines: number): string {
  return Array.from(
    { length: lines },
    (_, at) => `  const value${at} = read("src/file-${at}.ts", { as: 'text' }); // ${at}`,
  ).join("\n");
}
