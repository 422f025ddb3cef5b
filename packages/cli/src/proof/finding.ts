/** What a look at one part of the record found, and how it is said. */

/** Something that is not as it should be: where, as far as it has a place, and what. */
export type Problem = {
  readonly what: string;
  /** Of the journal. */
  readonly file?: string;
  readonly bytes?: { readonly from: number; readonly to: number };
  readonly lost?: { readonly first: number; readonly last: number };
  /** Of a checkpoint: the entries it is about. */
  readonly seqs?: { readonly first: number; readonly last: number };
  /** Of Postgres. */
  readonly table?: string;
  readonly seq?: number;
  /** Of Redis. */
  readonly key?: string;
};

/** One line of the table. */
export type Finding = {
  readonly what: string;
  readonly fact: string;
  readonly problems: readonly Problem[];
};

/** A problem in a line. */
export function problemText({ file, table, key, what }: Problem): string {
  const place = file ?? (table === undefined ? key : `table ${table}`);
  return place === undefined ? what : `${place}: ${what}`;
}
