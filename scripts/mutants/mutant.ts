/** A mutant: one change to the code that breaks one promise, and the tests that must turn red. */
export type Mutant = {
  /** The promise's number, as in the header that states it. */
  readonly promise: string;
  /** What the change does, for the report. */
  readonly what: string;
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files to run. */
  readonly tests: readonly string[];
};
