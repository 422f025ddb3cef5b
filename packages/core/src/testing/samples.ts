/** Records to test with: whole, valid, and told apart by their number. */
import type { Entry, Heard } from "../message/heard.ts";

/** Record number `number`; the same number, the same record. */
export function aHeard(number: number, over: Partial<Heard> = {}): Heard {
  return {
    source: "api",
    key: `k-${number}`,
    at: "2026-01-02T00:00:00.000Z",
    raw: new TextEncoder().encode(
      JSON.stringify({
        id: `k-${number}`,
        session_id: `s-${number % 3}`,
        author: { name: "ada", role: "user" },
        said_at: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
        text: `message number ${number} about the journal`,
      }),
    ),
    ...over,
  };
}

/** The same with its place in the journal. */
export function anEntry(seq: number, over: Partial<Heard> = {}): Entry {
  return { ...aHeard(seq, over), seq };
}
