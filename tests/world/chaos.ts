/**
 * Rounds of harm: a folder that is written to and an API that is posted to,
 * while processes are killed without warning. What was acknowledged is written
 * down, and asked for afterwards.
 *
 * A round ends with the question that matters: is everything acknowledged there,
 * once, and does every file come back byte for byte?
 */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { jsonOf, type System, until } from "./system.ts";
import { numbersFrom, scribeFrom } from "./transcripts.ts";

export type Harm = {
  readonly system: System;
  /** The watched folder. */
  readonly folder: string;
  readonly random: () => number;
  /** Ids of messages whose POST was answered with a receipt. */
  readonly acknowledged: Set<string>;
  readonly report: { kills: number; appended: number };
};

export function harmOf(system: System, folder: string, seed: number): Harm {
  return {
    system,
    folder,
    random: numbersFrom(seed),
    acknowledged: new Set(),
    report: { kills: 0, appended: 0 },
  };
}

/** Writes, posts and kills for `ms`; starts again what no supervisor will. */
export async function harmFor(harm: Harm, ms: number, round: number): Promise<void> {
  const stop = new AbortController();
  const work = Promise.all([
    writeUntil(harm, round, stop.signal),
    postUntil(harm, round, stop.signal),
  ]);
  const end = Date.now() + ms;
  try {
    while (Date.now() < end) {
      await Bun.sleep(100 + harm.random() * 600);
      await killOne(harm);
    }
  } finally {
    stop.abort();
    await work;
  }
}

/** One process of the system, or all of them with the supervisor, chosen by chance. */
async function killOne(harm: Harm): Promise<void> {
  const processes = [...(await harm.system.processes())];
  const all = harm.random() < 0.2;
  harm.report.kills += 1;
  if (all) {
    await harm.system.killUp();
    for (const [, pid] of processes) killQuietly(pid);
    await harm.system.start();
    return;
  }
  const chosen = processes[Math.floor(harm.random() * processes.length)];
  if (chosen !== undefined) killQuietly(chosen[1]);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was dead already: what we wanted.
  }
}

async function writeUntil(harm: Harm, round: number, signal: AbortSignal): Promise<void> {
  const scribe = scribeFrom(1_000_000 + round);
  const nested = harm.random() < 0.5 ? `${scribe.session}/subagents` : ".";
  const file = join(harm.folder, "-home-ada-engine", nested, `${scribe.session}.jsonl`);
  await mkdir(dirname(file), { recursive: true });
  while (!signal.aborted) {
    const lines = Array.from({ length: 1 + Math.floor(harm.random() * 40) }, () => scribe.line());
    const bytes = Buffer.from(lines.join(""));
    const cut = Math.floor(harm.random() * bytes.length);
    await appendFile(file, bytes.subarray(0, cut));
    await Bun.sleep(harm.random() * 20);
    await appendFile(file, bytes.subarray(cut));
    harm.report.appended += lines.length;
    await Bun.sleep(harm.random() * 60);
  }
}

async function postUntil(harm: Harm, round: number, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const ids = Array.from(
      { length: 1 + Math.floor(harm.random() * 20) },
      (_, one) => `r${round}-t${turn}-${one}`,
    );
    const messages = ids.map((id) => ({
      id,
      session_id: `chat-${round}`,
      author: { name: "ada", role: "user" },
      text: `message ${id} of the storm`,
    }));
    if (await postedUntilAnswered(harm, messages, signal))
      for (const id of ids) harm.acknowledged.add(id);
  }
}

/** A client that tries again with the same ids until it gets a receipt, as a real one does. */
async function postedUntilAnswered(
  harm: Harm,
  messages: readonly object[],
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`${harm.system.url}/v1/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ messages }),
        signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 201) return true;
    } catch {
      // The API was killed, or not up yet: not acknowledged, so try again.
    }
    await Bun.sleep(50);
  }
  return false;
}

/** Everything acknowledged is there once, and every file comes back. Throws with what is wrong. */
export async function accountFor(harm: Harm, out: string): Promise<void> {
  await until(
    "the system answers again",
    60_000,
    async () => (await fetch(`${harm.system.url}/health/ready`)).ok,
  );
  const files = await filesBelow(harm.folder);
  await harm.system.settled();
  await everyFileComesBack(harm, files, out);
  await everyMessageOnce(harm);
  const verified = await harm.system.cli("verify", "--json");
  if (verified.code !== 0)
    throw new Error(`verify said ${verified.code}: ${verified.out}${verified.err}`);
}

/** The journal may still be taking in the last bytes: asked until it holds them, with a bound. */
async function everyFileComesBack(
  harm: Harm,
  files: readonly string[],
  out: string,
): Promise<void> {
  let round = 0;
  await until("every file comes back byte for byte", 60_000, async () => {
    round += 1;
    const target = `${out}-${round}`;
    const restored = await harm.system.cli("restore", "--all", "--out", target);
    if (restored.code !== 0) throw new Error(`restore said ${restored.code}: ${restored.err}`);
    for (const file of files) {
      const original = join(harm.folder, file);
      const copy = join(target, "claude-code", file);
      if ((await digestOf(original)) !== (await digestOf(copy))) throw new Error(`${file} differs`);
    }
    return true;
  });
}

type Listed = {
  readonly data: readonly { readonly id: string }[];
  readonly next_cursor: string | null;
};

async function everyMessageOnce(harm: Harm): Promise<void> {
  const seen = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Listed = await jsonOf<Listed>(
      await fetch(`${harm.system.url}/v1/messages?source=api&limit=500${after}`),
    );
    for (const message of page.data) seen.set(message.id, (seen.get(message.id) ?? 0) + 1);
    cursor = page.next_cursor;
  } while (cursor !== null);
  const missing = [...harm.acknowledged].filter((id) => !seen.has(id));
  const twice = [...seen].filter(([, times]) => times > 1);
  if (missing.length > 0)
    throw new Error(`${missing.length} acknowledged are missing: ${missing.slice(0, 5)}`);
  if (twice.length > 0) throw new Error(`${twice.length} are shown twice: ${twice.slice(0, 5)}`);
}

/** Paths of all transcripts below a folder, relative to it. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile() && one.name.endsWith(".jsonl"))
    .map((one) => relative(folder, join(one.parentPath, one.name)));
}

/** sha-256 of a file, or why there is none. */
export async function digestOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => Buffer.from(String(error)));
  return createHash("sha256").update(bytes).digest("hex");
}
