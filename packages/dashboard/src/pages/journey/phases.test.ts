/** A journey in phases. */
import { expect, test } from "bun:test";
import type { JourneyAnswer } from "@verbatim/api/contract-sessions";
import fc from "fast-check";
import { phasesOf } from "./phases.ts";

const at = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
const happened = fc.array(
  fc.constantFrom("anxious", "curious", "happy", "milestone", "breakthrough"),
  { maxLength: 30 },
);

/** What happened, one thing after the other. */
function journeyOf(things: readonly string[]): JourneyAnswer {
  const all = things.map((what, one) => ({ what, seq: one + 1, at: at(one + 1) }));
  const of = (kind: string) => all.filter(({ what }) => what === kind);
  return {
    emotions: all
      .filter(({ what }) => what !== "milestone" && what !== "breakthrough")
      .map(({ what, ...one }) => ({ ...one, emotion: what, intensity: 1, evidence: [] })),
    milestones: of("milestone"),
    breakthroughs: of("breakthrough").toReversed(),
  } as unknown as JourneyAnswer;
}

test("B34: phases have no gap, and all that was reached is in exactly one of them", () => {
  fc.assert(
    fc.property(happened, (things) => {
      const journey = journeyOf(things);
      const span = { from: at(0), to: at(things.length + 1) };
      const phases = phasesOf(journey, span);
      for (const [place, { to, emotion }] of phases.entries()) {
        const next = phases[place + 1];
        if (next === undefined) expect(to).toBe(span.to);
        else {
          expect(next.from).toBe(to);
          expect(next.emotion).not.toBe(emotion);
        }
      }
      const seqs = (of: (phase: (typeof phases)[number]) => readonly { readonly seq: number }[]) =>
        phases.flatMap((phase) => of(phase).map(({ seq }) => seq));
      const told = <One extends { readonly seq: number }>(all: readonly One[]) =>
        all.map(({ seq }) => seq).toSorted((a, b) => a - b);
      expect(seqs((phase) => phase.milestones)).toEqual(told(journey.milestones));
      expect(seqs((phase) => phase.breakthroughs)).toEqual(told(journey.breakthroughs));
      expect(seqs((phase) => phase.feelings)).toEqual(told(journey.emotions));
    }),
  );
});

test("what was reached before anybody said how they felt is in a phase without a name", () => {
  const span = { from: at(0), to: at(9) };
  const [first, second] = phasesOf(journeyOf(["milestone", "happy", "happy"]), span);
  expect([first?.emotion, first?.milestones.length, first?.from]).toEqual([null, 1, at(0)]);
  expect([second?.emotion, second?.feelings.length]).toEqual(["happy", 2]);
  expect(phasesOf(journeyOf([]), span)).toEqual([]);
});
