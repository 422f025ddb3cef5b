/** Mutants for sessions and conversations as the API gives them (G). */
import type { Mutant } from "./mutant.ts";

const BREAKER = "packages/api/src/sessions/breaker.ts";
const RECORDER = "packages/api/src/sessions/recorder.ts";
const READING = "packages/api/src/sessions/reading.ts";
const CONVERSING = "packages/api/src/sessions/conversing.ts";
const SAYING = "packages/api/src/sessions/saying.ts";
const TURNS = "packages/api/src/sessions/turns.ts";
const STILL = ["packages/api/src/sessions/standing-still.test.ts"];
const SESSIONS = ["packages/api/src/routes/sessions.test.ts"];
const TALKS = ["packages/api/src/routes/conversations.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "G1",
    what: "a part that is known to be away is waited for again and again",
    file: BREAKER,
    find: "if (now() < quietUntil) return { here: false, why };",
    replace: "",
    tests: STILL,
  },
  {
    promise: "G1",
    what: "all go to look for a part that was away, not one",
    file: BREAKER,
    find: "if (quietUntil !== 0) quietUntil = now() + pauseMs;",
    replace: "",
    tests: STILL,
  },
  {
    promise: "G2",
    what: "Redis being away is not said",
    file: RECORDER,
    find: "degraded: isApplied !== true",
    replace: "degraded: false",
    tests: STILL,
  },
  {
    promise: "G2",
    what: "what the writer refused or never took is remembered as recorded",
    file: RECORDER,
    find: "const receipts = await ports.intake.hand(events.map(offeredEvent));",
    replace:
      "for (const event of events) recent.note({ event, moment: { seq: 9, at: ports.now().toISOString() } });\n    const receipts = await ports.intake.hand(events.map(offeredEvent));",
    tests: STILL,
  },
  {
    promise: "G3",
    what: "other words under a known id are answered like a retry",
    file: RECORDER,
    find: 'status !== "conflict" || saysTheSame(read.value, event)',
    replace: "true",
    tests: SESSIONS,
  },
  {
    promise: "G3",
    what: "a retry is a conflict because its clock says otherwise",
    file: RECORDER,
    find: "const { at: _, by: __, ...said } = event;",
    replace: "const said = event;",
    tests: SESSIONS,
  },
  {
    promise: "G4",
    what: "what was told here is not looked at when Postgres is behind",
    file: READING,
    find: ">= recent.newest(name))",
    replace: ">= 0)",
    tests: SESSIONS,
  },
  {
    promise: "G4",
    what: "events told here are not joined to what Postgres has",
    file: READING,
    find: "const events = joined(whole.value.events, mine);",
    replace: "const events = joined(whole.value.events, []);",
    tests: SESSIONS,
  },
  {
    promise: "G5",
    what: "a session that Redis lost is not put back",
    file: READING,
    find: "if (isRedisHere) await redis.ask(() => store.restore({ ...whole.value, events }), RESTORE_MS);",
    replace: "",
    tests: SESSIONS,
  },
  {
    promise: "G6",
    what: "everybody believes to have opened the conversation",
    file: CONVERSING,
    find: 'const created = done.status === "created";',
    replace: 'const created = done.status !== "conflict";',
    tests: TALKS,
  },
  {
    promise: "G7",
    what: "who came second is told of the session he would have opened",
    file: CONVERSING,
    find: "return { event: held, created, degraded",
    replace: "return { event, created, degraded",
    tests: TALKS,
  },
  {
    promise: "G8",
    what: "a conversation nobody knows of is begun while both stores are away",
    file: CONVERSING,
    find: "if (conversation === null && !hot.here) throw away(deep.why);",
    replace: "",
    tests: TALKS,
  },
  {
    promise: "G8",
    what: "an old conversation begins anew while Postgres is away",
    file: CONVERSING,
    find: "if (!created && !known.sure && !isFresh(done.happened, ports.now())) throw unsure();",
    replace: "",
    tests: TALKS,
  },
  {
    promise: "G9",
    what: "a session is begun by writing to it",
    file: READING,
    find: "if (events.length === 0) return null;",
    replace: "",
    tests: SESSIONS,
  },
  {
    promise: "G10",
    what: "off the record everything is recorded",
    file: SAYING,
    find: "if (onRecord && gate.off_record)",
    replace: "if (!onRecord && gate.off_record)",
    tests: SESSIONS,
  },
  {
    promise: "G10",
    what: "who goes off the record is off it a second later",
    file: "packages/api/src/sessions/gates.ts",
    find: "if (isSwitched) {",
    replace: "if (seqs.length > 1e9) {",
    tests: SESSIONS,
  },
  {
    promise: "G11",
    what: "writers on one condition do not take turns",
    file: TURNS,
    find: "const mine = before.then(work);",
    replace: "const mine = work();",
    tests: SESSIONS,
  },
  {
    promise: "G11",
    what: "the condition is not looked at",
    file: SAYING,
    find: "!saying.ifMatch.includes(last_seq)",
    replace: "saying.ifMatch.length === 0",
    tests: SESSIONS,
  },
  {
    promise: "G12",
    what: "a key of one user is shown the therapist's notes and hypotheses",
    file: "packages/api/src/sessions/answering.ts",
    find: "if (credentialOf(context).owner === null) return known;",
    replace: "return known;",
    tests: ["packages/api/src/sessions/whose.test.ts"],
  },
  {
    promise: "G12",
    what: "a key that may only record reads by resuming",
    file: "packages/api/src/sessions/answering.ts",
    find: 'if (scopes.includes("read") || scopes.includes("admin")) return null;',
    replace: "return null;",
    tests: ["packages/api/src/sessions/whose.test.ts"],
  },
  {
    promise: "G13",
    what: "a long session that is late takes the part from everybody",
    file: BREAKER,
    find: "if (longMs === undefined) fails(late",
    replace: "fails(late",
    tests: STILL,
  },
];
