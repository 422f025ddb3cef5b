import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory, aUuid } from "../testing/session-samples.ts";
import { type Citation, citationsOf, isFinal, judged } from "./citations.ts";
import type { Happened, Verdict } from "./event.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";

const CONTEXT = { scheme: "if", emotion: "anxious", model: "haiku" } as const;
const cited = ({ event, moment }: Happened): readonly Citation[] =>
  citationsOf(event, moment, CONTEXT);
const judgement = (number: number, status: Verdict): Happened =>
  aHappened(number, "citation_judged", { citation_id: aUuid(1), status, why: `because ${number}` });

test("K8: every change of the state can be cited, each under an id of its own", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const all = history.flatMap(cited);
      expect(new Set(all.map(({ citation_id }) => citation_id)).size).toBe(all.length);
      const known = new Set(all.map(({ citation_id }) => citation_id));
      const state = stateOf(withEvents(newLedger("ada", "s-1"), history));
      const { emotions, milestones, breakthroughs } = state;
      for (const { citation_id } of [...emotions, ...milestones, ...breakthroughs, ...state.models])
        expect(known).toContain(citation_id);
      for (const one of all) {
        expect(one.confidence).toBeGreaterThanOrEqual(0);
        expect(one.confidence).toBeLessThanOrEqual(1);
        expect(one.uri).toBe(`if://citation/${one.citation_id}`);
      }
    }),
  );
});

test("K8: a citation says what changed, how sure it is and what it rests on", () => {
  const feel = { emotion: "exploring", intensity: 0.5, confidence: 0.75 } as const;
  const said = aHappened(7, "message_said", {
    message_id: "m",
    role: "user",
    content: "oh",
    emotion: feel,
    is_breakthrough: true,
  });
  const [emotion, breakthrough] = cited(said);
  expect(emotion).toMatchObject({
    type: "emotion_state_update",
    event: "emotion_changed_from_anxious_to_exploring",
    confidence: 0.75,
    evidence: ["m"],
    status: "unverified",
    seq: 7,
    trail: [],
  });
  expect(breakthrough).toMatchObject({ type: "breakthrough_recorded", confidence: 0.85 });
  expect(cited(aHappened(8, "model_switched", { model: "opus" }))[0]).toMatchObject({
    type: "model_switch",
    event: "model_switched_from_haiku_to_opus",
    confidence: 1,
  });
  expect(cited(judgement(9, "verified"))).toEqual([]);
});

test("K8: judgements hold in the order of the journal, and revoked is for good", () => {
  const [citation] = cited(
    aHappened(1, "milestone_reached", { description: "d", emotion: "happy" }),
  );
  if (citation === undefined) throw new Error("a milestone is cited");
  const after = (...verdicts: readonly Verdict[]): Citation => {
    const history = verdicts.map((one, at) => judgement(at + 2, one));
    const { judgements } = stateOf(withEvents(newLedger("ada", "s-1"), history));
    return judged(citation, judgements.toReversed());
  };
  expect(after().status).toBe("unverified");
  expect(after("verified", "disputed").status).toBe("disputed");
  expect(after("disputed", "verified").status).toBe("verified");
  const revoked = after("verified", "revoked", "verified");
  expect(revoked.status).toBe("revoked");
  expect(revoked.trail.map(({ status, counted }) => [status, counted])).toEqual([
    ["verified", true],
    ["revoked", true],
    ["verified", false],
  ]);
  expect([isFinal(revoked), isFinal(after("disputed"))]).toEqual([true, false]);
});

test("K8: a judgement of another citation changes nothing", () => {
  const [citation] = cited(
    aHappened(5, "milestone_reached", { description: "d", emotion: "happy" }),
  );
  if (citation === undefined) throw new Error("a milestone is cited");
  const { judgements } = stateOf(withEvents(newLedger("ada", "s-1"), [judgement(6, "revoked")]));
  expect(judged(citation, judgements)).toEqual(citation);
});
