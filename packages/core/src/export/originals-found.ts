/** The first look for an export of original files: which there are, and where in the journal each lies. */
import { VerbatimError } from "../errors.ts";
import type { Entry } from "../message/heard.ts";
import { fileKeyOf } from "../message/heard.ts";
import { newestOf, plainTarget, recordPlace } from "../restore/plan.ts";
import { FIRST_RECORDS, isNamed, sessionsIn } from "../restore/whose.ts";
import type { ExportAsk } from "./ask.ts";
import { addTo, type ExportSource, entriesOf, type Runs, type Walk } from "./runs.ts";

/** A file that is wanted. */
export type Found = {
  /** As no other is called. */
  readonly name: string;
  readonly target: string;
  /** When its last record was heard. */
  readonly heard_at: string;
  readonly runs: Runs;
};

type Growing = {
  readonly name: string;
  readonly source: string;
  readonly path: string;
  readonly first: number;
  readonly runs: Runs;
  /** The sessions its first records are of, as far as they may be the one that is meant. */
  readonly sessions: Set<string>;
  heard_at: string;
  erased: boolean;
  records: number;
};

/** Looks through the journal up to `to`: the newest writing of each file that fits, and those that were forgotten. */
export async function findFiles(
  source: ExportSource,
  { filter }: ExportAsk,
  { to, ...walk }: Walk,
): Promise<{ readonly files: readonly Found[]; readonly forgotten: readonly string[] }> {
  const all = new Map<string, Growing>();
  for await (const entries of entriesOf(source, [1, to], walk))
    for (const entry of entries) {
      if (filter.source !== undefined && entry.source !== filter.source) continue;
      const file = growingIn(all, entry);
      if (file !== null) grow(file, entry, { session: filter.session, sha256: source.sha256 });
    }
  const newest = [...newestOf([...all.values()])];
  const wanted = filter.session === undefined ? newest : ofSession(newest, filter.session);
  return {
    files: wanted
      .filter(({ erased }) => !erased)
      .map((file) => ({ ...file, target: plainTarget(file) })),
    forgotten: wanted.filter(({ erased }) => erased).map(plainTarget),
  };
}

function growingIn(all: Map<string, Growing>, entry: Entry): Growing | null {
  const name = recordPlace(entry)?.name;
  const path = fileKeyOf(entry.key)?.path;
  if (name === undefined || path === undefined) return null;
  const file = all.get(name) ?? {
    ...{ name, source: entry.source, path, first: entry.seq, heard_at: entry.at },
    ...{ runs: [], sessions: new Set<string>(), erased: false, records: 0 },
  };
  all.set(name, file);
  return file;
}

function grow(
  file: Growing,
  entry: Entry,
  { session, sha256 }: { readonly session: string | undefined } & Pick<ExportSource, "sha256">,
): void {
  file.heard_at = entry.at;
  file.erased ||= entry.erased === true;
  file.records += 1;
  addTo(file.runs, entry.seq);
  if (session === undefined || entry.erased === true || file.records > FIRST_RECORDS) return;
  for (const id of sessionsIn(entry, session, sha256)) file.sessions.add(id);
}

/** Files whose name or whose first records are of the one session that is meant. */
function ofSession(files: readonly Growing[], session: string): readonly Growing[] {
  const ids = [...new Set(files.flatMap(({ sessions }) => [...sessions]))];
  const isExact = ids.includes(session);
  if (ids.length > 1 && !isExact)
    throw new VerbatimError(
      "not_found",
      `${ids.length} sessions begin with ${session}: ${ids.slice(0, 5).join(", ")}; name one whole`,
    );
  return files.filter((file) =>
    isExact && file.sessions.size > 0 ? file.sessions.has(session) : isOf(file, session),
  );
}

function isOf(file: Growing, session: string): boolean {
  return file.sessions.size > 0 || isNamed(file, session);
}
