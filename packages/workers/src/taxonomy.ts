/**
 * The taxonomy that holds for a life of the workers, and its end: when another
 * one lies in its place, the workers end and are started again with it. All that
 * they settle in one life is settled by one taxonomy.
 *
 *   W6  The taxonomy of a life holds, and another whole one that stays ends it.
 */
import type { Log, Taxonomy } from "@verbatim/core";

/** How often its place is looked at. */
const LOOK_MS = 2500;

export type Holding = {
  readonly load: () => Promise<Taxonomy>;
  readonly idOf: (taxonomy: Taxonomy) => string;
};

/** Gives the same taxonomy for ever, once there was a whole one. */
export function held({ load }: Holding): () => Promise<Taxonomy> {
  let one: Taxonomy | null = null;
  return async () => {
    one ??= await load();
    return one;
  };
}

export type Watching = Holding & {
  readonly held: () => Promise<Taxonomy>;
  /** Told once that another one lies there. */
  readonly changed: () => unknown;
  readonly log: Log;
  readonly every_ms?: number;
};

/**
 * Tells when another whole taxonomy has lain there for two looks: one look may
 * meet a file that is being written. A broken one changes nothing.
 */
export function watchTaxonomy(watching: Watching): Disposable {
  const { held, load, idOf, log } = watching;
  let before: string | null = null;
  let told = false;
  const timer = setInterval(async () => {
    if (told) return;
    try {
      const holds = idOf(await held());
      const there = idOf(await load());
      told = there !== holds && there === before;
      before = there;
      if (!told) return;
      log.info("taxonomy_changed", { holds, there });
      watching.changed();
    } catch {
      before = null;
    }
  }, watching.every_ms ?? LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
