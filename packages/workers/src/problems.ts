/** What is wrong with each store, kept in a file for whoever asks for the status. */
import type { Log, Note, StoreName, StoreProblems } from "@verbatim/core";

export interface Problems {
  /** Says why a store is not added to, or null that nothing is wrong. Never fails; what could not be written is tried again at the next call. */
  say(store: StoreName, problem: string | null): void;
}

/** Nothing is wrong at the beginning, whatever the file said of an earlier run. */
export function openProblems(note: Note, log: Log): Problems {
  let problems: StoreProblems = { redis: null, postgres: null };
  let written = "";
  let turn: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const text = JSON.stringify(problems);
    if (text === written) return;
    try {
      await note.save(text);
      written = text;
    } catch (error) {
      log.warn("problems_not_written", { why: String(error) });
    }
  }

  turn = turn.then(write);
  return {
    say: (store, problem) => {
      problems = { ...problems, [store]: problem };
      turn = turn.then(write);
    },
  };
}
