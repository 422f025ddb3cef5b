/** The settings of a home: its keys, its taxonomy, its rules of alerts. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { readTaxonomyAt, textAt } from "@verbatim/drivers/files";
import { addKey, keysUsed, loadKeys, revokeKey } from "@verbatim/drivers/keys";
import { writeWhole } from "@verbatim/drivers/process";
import type { HomeSettings } from "../settings/port.ts";

type Around = {
  readonly now: () => Date;
  /** Told when keys have changed: then they hold at once, here. */
  readonly keysChanged: () => Promise<void>;
};

/** The port of it. */
export function homeSettings(home: string, { now, keysChanged }: Around): HomeSettings {
  const taxonomyPath = join(home, FILES.taxonomy);
  const alertsPath = join(home, FILES.alerts);
  const inTurn = oneByOne();
  return {
    keys: () => loadKeys(home),
    keysUsed: () => keysUsed(home),
    addKey: async (wanted) => {
      const made = await addKey(home, wanted, now());
      await keysChanged();
      return made;
    },
    revokeKey: async (name) => {
      const revoked = await revokeKey(home, name, now());
      await keysChanged();
      return revoked;
    },
    ownTaxonomy: async () => {
      const read = await readTaxonomyAt(taxonomyPath);
      if (read === null || read.ok) return read?.value ?? null;
      throw new VerbatimError("config_invalid", `${taxonomyPath} is no taxonomy: ${read.why}`);
    },
    setTaxonomy: (taxonomy) =>
      inTurn(async () => {
        await keepBeside(taxonomyPath);
        if (taxonomy === null) await rm(taxonomyPath, { force: true });
        else await written(taxonomyPath, `${JSON.stringify(taxonomy, null, 2)}\n`);
      }),
    changeAlerts: (change) =>
      inTurn(async () => {
        const next = change(await textAt(alertsPath));
        if (next !== null) await written(alertsPath, next);
      }),
  };
}

/** What lay there before is found beside it. */
async function keepBeside(path: string): Promise<void> {
  await copyFile(path, path.replace(/\.json$/, ".before.json")).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
      throw new VerbatimError("output_failed", `${path} could not be kept: ${String(error)}`);
  });
}

async function written(path: string, text: string): Promise<void> {
  await writeWhole(path, text).catch((error: unknown) => {
    throw new VerbatimError("output_failed", `${path} could not be written: ${String(error)}`);
  });
}

/** Does one thing after the other: what one reads is what the one before wrote. */
function oneByOne(): (task: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next.catch(() => {});
    return next;
  };
}
