/** What is kept under the home, put together: how much it is, and what retention would do with it. */
import { hash } from "node:crypto";
import { FILES, type JournalReader, type Sha256, VerbatimError } from "@verbatim/core";
import { recordedFiles } from "@verbatim/core/forget";
import { retain, type Sizes } from "@verbatim/core/keeping";
import { openCopies } from "@verbatim/drivers/copies";
import { homeSizes, openHome } from "@verbatim/drivers/files";
import type { ApiPorts } from "../ports.ts";

const sha256: Sha256 = (data) => hash("sha256", data, "hex");
/** Everything under a home is looked at no more often: a database is many files. */
const LOOK_MS = 15_000;

function notHere(): never {
  throw new VerbatimError(
    "usage",
    `the API compresses and drops nothing; ${FILES.retention} is for the workers`,
  );
}

/** The ports of it. */
export function keepingPorts(
  home: string,
  journal: JournalReader,
  stopping: AbortSignal,
): Pick<ApiPorts, "retention" | "sizes"> {
  const kept = openHome(
    home,
    {
      segments: () => journal.segments(),
      compress: notHere,
      drop: notHere,
      recorded: (signal) => recordedFiles(journal, sha256, signal),
      forget: notHere,
      // Only to see what waits: nothing is copied from here.
      copies: (to) => openCopies(home, to, process.env, { segment: notHere, checkpoint: notHere }),
    },
    "api",
  );
  const look = (): Promise<Sizes> => homeSizes(home, journal, Date.now());
  let found: { readonly atMs: number; readonly sizes: Promise<Sizes> } | null = null;
  return {
    retention: () => retain(kept, { dryRun: true, onProgress: () => {}, signal: stopping }),
    sizes: () => {
      const now = performance.now();
      if (found === null || now - found.atMs > LOOK_MS) found = { atMs: now, sizes: look() };
      return found.sizes;
    },
  };
}
