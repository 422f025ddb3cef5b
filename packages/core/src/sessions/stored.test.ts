import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory } from "../testing/session-samples.ts";
import type { Happened } from "./event.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import { idsIn, type KnownIds, ledgerOf, type StoredSession, storedFrom } from "./stored.ts";

const EMPTY = newLedger("ada", "s-1");

/** Of the ids in `events`, those that `before` has. */
function knownOf(events: readonly Happened[], before: readonly Happened[]): KnownIds {
  const asked = idsIn(events);
  const ids = new Set(before.map(({ event }) => event.event_id));
  const said = new Set(
    before.flatMap(({ event }) => (event.event === "message_said" ? [event.message_id] : [])),
  );
  return {
    events: asked.events.filter((id) => ids.has(id)),
    said: [...new Set(asked.said)].filter((id) => said.has(id)),
  };
}

test("K17: a session folded in pieces, each put away and taken out again, is what it is folded at once", () => {
  const drawn = fc.tuple(anyHistory, fc.array(fc.nat(25), { maxLength: 4 }), fc.boolean());
  fc.assert(
    fc.property(drawn, ([history, cuts, isHeardAgain]) => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), history.length];
      let stored: StoredSession = storedFrom(EMPTY);
      for (const [place, from] of at.entries()) {
        const piece = history.slice(isHeardAgain ? 0 : from, at[place + 1] ?? history.length);
        const before = history.slice(0, from);
        const written = JSON.parse(JSON.stringify(stored)) as StoredSession;
        stored = storedFrom(withEvents(ledgerOf(written, knownOf(piece, before)), piece));
      }
      expect(stateOf(ledgerOf(stored))).toEqual(stateOf(withEvents(EMPTY, history)));
    }),
    { numRuns: 200 },
  );
});

test("K17: a message that another session said is deleted in vain, one of its own is counted no more", () => {
  const said = aHappened(1, "message_said", { message_id: "m", role: "user", content: "oh" });
  const stored = storedFrom(withEvents(EMPTY, [said]));
  const gone = (number: number, message_id: string): Happened =>
    aHappened(number, "message_deleted", { message_id });
  const after = (one: Happened): number =>
    stateOf(withEvents(ledgerOf(stored, knownOf([one], [said])), [one])).counts.messages;
  expect(after(gone(2, "another"))).toBe(1);
  expect(after(gone(2, "m"))).toBe(0);
});
