/** The copies of a home: what is sealed there, where its copies lie, and what is known of them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ARCHIVE_FOLDER, FILES } from "@verbatim/core";
import {
  type CopyPlace,
  type CopyPorts,
  copyNoteOf,
  copyOne,
  type HomeCopies,
  onlyThere,
  type SealedFile,
  tidyCopies,
  toCopy,
} from "@verbatim/core/keeping";
import { writeWhole } from "../process/write-whole.ts";
import { openFolderCopies } from "./folder.ts";
import { noteText } from "./note.ts";
import { openS3Copies, s3SettingsFrom } from "./s3.ts";

const PIECE_BYTES: number = 1024 * 1024;
/** What is whole and is written no more. What is being written has other names. */
const SEGMENT = /^session_[\d_-]+[.]jsonl([.]zst|[.]dropped)?$/;
const JOURNAL = /^journal[.]json$/;
const CHECKPOINT = /^(\d{8}_\d{6}_[a-z0-9-]+[.](json|json[.]zst|parquet)|index[.]json)$/;

const OURS = /^(journal[/](journal[.]json|archive[/][^/]+)|checkpoints[/][^/]+)$/;

/** Whether a name is one that we give: others in a bucket are none of ours, and become no path. */
export function isCopyName(name: string): boolean {
  return OURS.test(name) && !name.includes("..");
}

type Env = Readonly<Record<string, string | undefined>>;

/** Who can say of a file that it is not as it was sealed: why, or null when it is. */
export type Seals = {
  readonly segment: (path: string) => string | null;
  readonly checkpoint: (path: string) => Promise<string | null>;
};

/** The place of a policy's `copy_to`. Throws `config_invalid` where keys are missing. */
export function openCopyPlace(to: string, env: Env): CopyPlace {
  return to.startsWith("s3://") ? openS3Copies(s3SettingsFrom(to, env)) : openFolderCopies(to);
}

/** Opens the copies of a home at a place. */
export function openCopies(home: string, to: string, env: Env, seals: Seals): HomeCopies {
  const path = join(home, FILES.copies);
  const ports: CopyPorts = {
    place: openCopyPlace(to, env),
    load: async () => copyNoteOf(await noteText(home), to),
    save: (note) => writeWhole(path, `${JSON.stringify(note)}\n`),
    digest: (file) => digestOf(createReadStream(file, { highWaterMark: PIECE_BYTES })),
    digestOf,
    fault: (file) => faultIn(file, seals),
    now: () => new Date().toISOString(),
  };
  return {
    waiting: async () => toCopy(await sealedIn(home), await ports.load()),
    copy: (file) => copyOne(file, ports),
    tidy: async () => void (await tidyCopies(await sealedIn(home), ports)),
    onlyThere: async () => onlyThere(await sealedIn(home), await ports.load()),
  };
}

/** By its seal. The journal's name has none: it is written once, and another one is of another journal. */
async function faultIn({ name, path }: SealedFile, seals: Seals): Promise<string | null> {
  if (name.startsWith(`${FILES.checkpoints}/`)) return await seals.checkpoint(path);
  if (name.startsWith(`${FILES.journal}/${ARCHIVE_FOLDER}/`)) return seals.segment(path);
  return "it is written once, and the two differ; take away the one that is wrong";
}

/** sha-256 of bytes as they come. */
export async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of bytes) hash.update(piece);
  return hash.digest("hex");
}

async function sealedIn(home: string): Promise<readonly SealedFile[]> {
  const archive = `${FILES.journal}/${ARCHIVE_FOLDER}`;
  return [
    ...(await filesIn(home, FILES.journal, JOURNAL)),
    ...(await filesIn(home, archive, SEGMENT)),
    ...(await filesIn(home, FILES.checkpoints, CHECKPOINT)),
  ];
}

async function filesIn(
  home: string,
  folder: string,
  isOurs: RegExp,
): Promise<readonly SealedFile[]> {
  const names = await readdir(join(home, folder)).catch((): string[] => []);
  const found = names
    .filter((name) => isOurs.test(name))
    .map(async (name): Promise<readonly SealedFile[]> => {
      const path = join(home, folder, name);
      // Took another form since its name was read: it is found under that the next time.
      const seen = await stat(path).catch(() => null);
      if (seen === null) return [];
      const changed_at = seen.ctime.toISOString();
      return [{ name: `${folder}/${name}`, path, bytes: seen.size, changed_at }];
    });
  return (await Promise.all(found)).flat();
}
