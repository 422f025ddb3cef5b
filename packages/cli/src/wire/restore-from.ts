/**
 * What files are restored from: the journal alone, Postgres alone, or the
 * checkpoints alone.
 *
 *   W20  What the journal of this home says was forgotten does not come back from
 *        Postgres or checkpoints that still hold it, as they do after an older
 *        folder was put back, or until a forget has got there.
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import type { RecordHead } from "@verbatim/core/proof";
import { openCheckpointEntries } from "@verbatim/drivers/checkpoints";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openDeepEntries } from "@verbatim/drivers/store";
import type { EntrySource } from "../proof/restoring.ts";
import type { Global, Surface } from "../surface.ts";
import { urlsOf } from "./urls.ts";

export type RestoreSource = "journal" | "postgres" | "checkpoints";

const ALL = { from: 1, to: Number.POSITIVE_INFINITY } as const;

type Opened = AsyncDisposable & { readonly name: string; readonly entries: EntrySource };

/** Opens it. Each is enough alone. */
export function openSource(
  options: Global & { readonly from: RestoreSource },
  surface: Surface,
): Opened {
  if (options.from === "journal") {
    const { stretches, close } = openJournalReader(join(options.home, FILES.journal));
    const entries = { stretches, heads: () => stretches(ALL) };
    return { name: "the journal", entries, [Symbol.asyncDispose]: close };
  }
  if (options.from === "checkpoints") {
    const dir = join(options.home, FILES.checkpoints);
    const entries = openCheckpointEntries(dir, (data) => hash("sha256", data, "hex"));
    return {
      ...{ name: "the checkpoints", entries: unforgotten(entries, options.home) },
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const urls = urlsOf(options, surface);
  if (urls === null)
    throw new VerbatimError("usage", "say where Postgres is: DATABASE_URL and REDIS_URL");
  const entries = openDeepEntries(urls.database);
  return {
    ...{ name: "Postgres", entries: unforgotten(entries, options.home) },
    [Symbol.asyncDispose]: () => entries[Symbol.asyncDispose](),
  };
}

/** The same without what was forgotten. A tombstone keeps time and source: of another journal it names nothing here. (W20) */
function unforgotten(from: EntrySource, home: string): EntrySource {
  let asked: Promise<ReadonlySet<string>> | null = null;
  const graves = (): Promise<ReadonlySet<string>> => {
    asked ??= gravesIn(home);
    return asked;
  };
  return {
    heads: async function* () {
      const gone = await graves();
      for await (const heads of from.heads())
        yield heads.map((head) => (gone.has(nameOf(head)) ? { ...head, erased: true } : head));
    },
    stretches: async function* (range) {
      const gone = await graves();
      for await (const entries of from.stretches(range))
        yield entries.filter((entry) => !gone.has(nameOf(entry)));
    },
  };
}

async function gravesIn(home: string): Promise<ReadonlySet<string>> {
  const journal = openJournalReader(join(home, FILES.journal));
  const found = new Set<string>();
  for await (const head of journal.scanHeads(1)) if (head.erased) found.add(nameOf(head));
  await journal.close();
  return found;
}

function nameOf({ seq, at, source }: Pick<RecordHead, "seq" | "at" | "source">): string {
  return `${seq} ${source} ${Date.parse(at)}`;
}
