/** Job `rebuild` of queue `rebuild`: what is to be made again from the journal, and how far that is. */

export type RebuildJob = {
  /** Redis. */
  readonly hot: boolean;
  /** Postgres, with its numbers. */
  readonly deep: boolean;
  /** The numbers alone: everything is counted again. */
  readonly numbers: boolean;
};

/** What is being made, and how many entries of how many are in it. */
export type RebuildProgress = {
  readonly doing: "Postgres" | "the numbers" | "Redis" | "done";
  readonly done: number;
  readonly total: number;
};

/** What somebody asks for, made whole: both stores where none was named; what is made again deep is counted again too. */
export function rebuildJobOf(asked: Partial<RebuildJob>): RebuildJob {
  const { hot = false, deep = false, numbers = false } = asked;
  const all = !hot && !deep && !numbers;
  return { hot: all || hot, deep: all || deep, numbers: numbers && !deep };
}
