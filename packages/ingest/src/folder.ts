/**
 * One watched folder: what lies in it is heard, then whatever is added to it.
 *
 * A hint says which file may have grown, and that file is heard at once; hints
 * may be lost, so the whole folder is looked at again and again. How often
 * depends on how long a look takes, so that a large tree costs no more than a
 * small one.
 *
 * A last line without its newline is held until the newline comes, or until the
 * file has been left alone for REST_MS.
 */
import {
  type FileSeen,
  type Hearer,
  type Log,
  newestFirst,
  rootedIn,
  type SourceStatus,
} from "@verbatim/core";
import { type Bell, openBell } from "./bell.ts";
import type { Watch } from "./config.ts";
import { type Files, openFiles } from "./files.ts";

/** A look at the whole folder takes at most a fiftieth of our time, and never comes more often than RESCAN_MS_MIN. */
const RESCAN_SHARE = 50;
const RESCAN_MS_MIN = 2000;
const RESCAN_MS_MAX = 60_000;
/** A hint that a folder appeared is answered by a look at everything, but not more often than this. */
const HINTED_RESCAN_MS = 200;
/** After the journal has refused something: long enough to let it heal, short enough that nobody waits for us. */
const REFUSED_WAIT_MS = 1000;
/** Files named by hints and not yet looked at. Beyond this a look at everything is cheaper. */
const HINTED_MAX = 1000;

export type FolderPorts = {
  readonly hearer: Hearer;
  /** All watched folders, outermost first. */
  readonly watched: readonly string[];
  /** Calls back with a path that may have changed, null for any; `alive` false when it no longer can. */
  readonly hints: (
    root: string,
    changed: (path: string | null) => void,
  ) => { stop(): void; alive(): boolean };
  readonly log: Log;
  /** Milliseconds, UTC. */
  readonly now: () => number;
  /** How many days the program that writes them keeps files of a folder; null when it deletes none. */
  readonly keptDays: (watch: Watch) => Promise<number | null>;
};

export interface Folder {
  /** Follows the folder until the signal; waits for what is on its way. */
  run(signal: AbortSignal): Promise<void>;
  status(): Promise<SourceStatus>;
}

/** A folder that nobody has looked at yet. */
export function openFolder(watch: Watch, ports: FolderPorts): Folder {
  const files = openFiles(watch, ports);
  const bell = openBell();
  const hinted = openHinted(bell);
  const batch = ports.hearer.batch();
  const prefix = rootedIn(watch.path, ports.watched, false).below;
  let watching: { stop(): void; alive(): boolean } | null = null;

  async function hear(file: FileSeen): Promise<void> {
    const ask = { source: watch.source, rest: files.isAtRest(file) };
    const heeded = await ports.hearer.hear(file, ask, batch);
    files.heard(file, heeded);
  }

  const named = (file: FileSeen, below: string): FileSeen => ({
    ...file,
    below: prefix === "" ? below : `${prefix}/${below}`,
  });

  /** Hears the files that hints have named; they go before everything else. */
  async function hearHinted(): Promise<void> {
    for (const path of hinted.take()) {
      const walk = await ports.hearer.disk.walk(path);
      const [file] = walk.files;
      if (walk.away) files.gone(path);
      else if (file?.path === path) await hear(named(file, path.slice(watch.path.length + 1)));
    }
    batch.send();
  }

  async function hearWanted(found: readonly FileSeen[], signal: AbortSignal): Promise<void> {
    for (const file of found) {
      if (signal.aborted) break;
      if (hinted.any()) await hearHinted();
      if (files.wants(file)) await hear(file);
    }
    batch.send();
  }

  /** A folder that was replaced, or came back, must be watched anew. */
  function watchAgain(): void {
    if (watching?.alive() === true) return;
    watching?.stop();
    watching = ports.hints(watch.path, hinted.add);
  }

  /** Looks at everything; false when the journal refused some of it. */
  async function look(signal: AbortSignal): Promise<boolean> {
    watchAgain();
    const walk = await ports.hearer.disk.walk(watch.path);
    const found = walk.files.map((file) => named(file, file.below)).toSorted(newestFirst);
    files.saw({ ...walk, files: found });
    await hearWanted(found, signal);
    if (!(await files.settled())) return false;
    if (!signal.aborted) files.looked();
    return true;
  }

  return {
    run: async (signal) => {
      try {
        await follow({ bell, hinted, files, look, hearHinted, now: ports.now }, signal);
      } finally {
        watching?.stop();
        batch.send();
        await files.settled();
      }
    },
    status: () => files.status(),
  };
}

type Following = {
  readonly bell: Bell;
  readonly hinted: Hinted;
  readonly files: Files;
  readonly look: (signal: AbortSignal) => Promise<boolean>;
  readonly hearHinted: () => Promise<void>;
  readonly now: () => number;
};

async function follow(one: Following, signal: AbortSignal): Promise<void> {
  let nextLook = 0;
  while (!signal.aborted) {
    const begun = one.now();
    const all = begun >= nextLook || one.hinted.everything(begun);
    if (!all) await one.hearHinted();
    const taken = all ? await one.look(signal) : await one.files.settled();
    if (all) nextLook = one.now() + pauseAfter(one.now() - begun);
    if (!taken) {
      // The journal takes nothing at the moment. What is not safe is wanted again at the next look.
      nextLook = one.now() + REFUSED_WAIT_MS;
      await openBell().wait(REFUSED_WAIT_MS, signal);
    }
    if (!one.hinted.any()) await one.bell.wait(Math.max(0, nextLook - one.now()), signal);
  }
}

function pauseAfter(lookMs: number): number {
  return Math.min(Math.max(lookMs * RESCAN_SHARE, RESCAN_MS_MIN), RESCAN_MS_MAX);
}

/** What hints have named since it was last taken. */
interface Hinted {
  readonly add: (path: string | null) => void;
  take(): readonly string[];
  any(): boolean;
  /** Whether a hint asks for a look at everything, and it may be now. */
  everything(now: number): boolean;
}

function openHinted(bell: Bell): Hinted {
  const paths = new Set<string>();
  let everything = false;
  let last = 0;
  return {
    add: (path) => {
      if (path?.endsWith(".jsonl") && paths.size < HINTED_MAX) paths.add(path);
      else everything = true;
      bell.ring();
    },
    take: () => {
      const taken = [...paths];
      paths.clear();
      return taken;
    },
    any: () => paths.size > 0,
    everything: (now) => {
      if (!everything || now - last < HINTED_RESCAN_MS) return false;
      everything = false;
      last = now;
      return true;
    },
  };
}
