/** `verbatim restore`: the original files from the journal alone, byte for byte. */
import { createHash, hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  FILES,
  type FilePlan,
  makeSettle,
  restorePlan,
  STRETCH_BYTES_MAX,
  VerbatimError,
} from "@verbatim/core";
import { type FileJournalReader, openJournalReader } from "@verbatim/drivers/journal";
import { bytesText, columns, countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

type RestoreOptions = Global & {
  readonly all?: boolean;
  readonly out: string;
  readonly source?: string;
  readonly force?: boolean;
};
type Restored = {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly state: "written" | "same";
};

export async function restore(
  session: string | undefined,
  options: RestoreOptions,
  surface: Surface,
): Promise<void> {
  if ((session === undefined) === (options.all !== true)) {
    throw new VerbatimError(
      "usage",
      "say which session to restore, or --all; for example: verbatim restore --all --out ./back",
    );
  }
  const journal = openJournalReader(join(options.home, FILES.journal));
  const files = await planned(journal, session, options);
  if (files.length === 0) {
    throw new VerbatimError(
      "not_found",
      session === undefined
        ? `the journal in ${options.home} holds no file`
        : `the journal has no file of a session that begins with ${session}; see: verbatim log`,
    );
  }
  const out = resolve(options.out);
  const bar = surface.screen.bar("restoring");
  const done: Restored[] = [];
  try {
    for (const file of files) {
      if (surface.signal.aborted) break;
      done.push(await restoreFile(journal, file, { out, force: options.force === true }));
      bar.update({ done: done.length, total: files.length, note: file.target });
    }
  } finally {
    bar.end();
  }
  told(done, options, surface);
}

async function planned(
  journal: FileJournalReader,
  session: string | undefined,
  options: RestoreOptions,
): Promise<readonly FilePlan[]> {
  const plan = restorePlan();
  for await (const head of journal.scanHeads(1)) {
    if (options.source === undefined || head.source === options.source) plan.take(head);
  }
  const files = plan.files();
  return session === undefined ? files : await ofSession(journal, files, session);
}

/** Files whose name or whose first messages are of the session: an agent's stream names its parent only inside. */
async function ofSession(
  journal: FileJournalReader,
  files: readonly FilePlan[],
  session: string,
): Promise<readonly FilePlan[]> {
  const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
  const found: FilePlan[] = [];
  for (const file of files) {
    const name = file.path.split("/").at(-1) ?? "";
    if (name.startsWith(session)) {
      found.push(file);
      continue;
    }
    for (const piece of file.pieces.slice(0, 5)) {
      const [entry] = await journal.read({
        from: piece.seq,
        to: piece.seq,
        entries: 1,
        bytes: STRETCH_BYTES_MAX,
      });
      if (
        entry === undefined ||
        !settle(entry).messages.some((one) => one.session_id.startsWith(session))
      )
        continue;
      found.push(file);
      break;
    }
  }
  return found;
}

/** Written beside and moved into place whole; an existing file that differs is only replaced with --force. */
async function restoreFile(
  journal: FileJournalReader,
  file: FilePlan,
  to: { readonly out: string; readonly force: boolean },
): Promise<Restored> {
  const target = join(to.out, file.target);
  await mkdir(dirname(target), { recursive: true });
  const beside = `${target}.${process.pid}.restoring`;
  try {
    const made = await laid(journal, file, beside);
    if (existsSync(target)) {
      if (createHash("sha256").update(readFileSync(target)).digest("hex") === made.sha256) {
        await rm(beside);
        return { file: file.target, ...made, state: "same" };
      }
      if (!to.force)
        throw new VerbatimError(
          "conflict",
          `${target} is there and differs; restore to an empty folder, or replace it with --force`,
        );
    }
    await rename(beside, target);
    return { file: file.target, ...made, state: "written" };
  } finally {
    await rm(beside, { force: true });
  }
}

async function laid(
  journal: FileJournalReader,
  file: FilePlan,
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const out = await open(path, "w+", 0o600);
  try {
    let end = 0;
    for (let at = 0; at < file.pieces.length; ) {
      at += await layRun(journal, file, at, async (raw, offset) => {
        await out.write(raw, 0, raw.length, offset);
        end = Math.max(end, offset + raw.length);
      });
    }
    await out.truncate(end);
    await out.sync();
    const hash = createHash("sha256");
    const piece = Buffer.allocUnsafe(1024 * 1024);
    for (let at = 0; at < end; ) {
      const { bytesRead } = await out.read(piece, 0, piece.length, at);
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    return { bytes: end, sha256: hash.digest("hex") };
  } finally {
    await out.close();
  }
}

/** Records of a file mostly follow each other in the journal: a run of them is one read. */
async function layRun(
  journal: FileJournalReader,
  file: FilePlan,
  at: number,
  lay: (raw: Uint8Array, offset: number) => Promise<void>,
): Promise<number> {
  const first = file.pieces[at];
  if (first === undefined) return 1;
  let count = 1;
  while (file.pieces[at + count]?.seq === first.seq + count && count < 1000) count += 1;
  const entries = await journal.read({
    from: first.seq,
    to: first.seq + count - 1,
    entries: count,
    bytes: STRETCH_BYTES_MAX,
  });
  if (entries[0]?.seq !== first.seq) {
    throw new VerbatimError(
      "journal_corrupt",
      `record ${first.seq} of ${file.path} cannot be read; run: verbatim verify`,
      { facts: { seq: first.seq } },
    );
  }
  for (const entry of entries) {
    const piece = file.pieces[at + entry.seq - first.seq];
    if (piece !== undefined) await lay(entry.raw, piece.offset);
  }
  return entries.length;
}

function told(done: readonly Restored[], options: RestoreOptions, surface: Surface): void {
  const bytes = done.reduce((sum, one) => sum + one.bytes, 0);
  if (options.json === true) {
    surface.out(`${JSON.stringify({ files: done, bytes }, null, 2)}\n`);
    return;
  }
  const { dim } = surface.colours;
  surface.out(
    `${columns(
      done.map((one) => [one.sha256.slice(0, 16), bytesText(one.bytes), one.state, one.file]),
      surface.widthOf,
      [1],
    )}\n`,
  );
  surface.out(
    dim(
      `${countText(done.length)} files, ${bytesText(bytes)}, from the journal alone; sha-256 at the left\n`,
    ),
  );
}
