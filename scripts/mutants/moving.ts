/** Mutants for what conversations, conditions and requests asked again promise (G, A20). */
import type { Mutant } from "./mutant.ts";

const BREAKER = "packages/api/src/sessions/breaker.ts";
const RECORDER = "packages/api/src/sessions/recorder.ts";
const SAYING = "packages/api/src/sessions/saying.ts";
const STILL = ["packages/api/src/sessions/standing-still.test.ts"];
const MOVING = ["packages/api/src/sessions/moving.test.ts"];
const WHOSE = ["packages/api/src/routes/conversations-whose.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "G1",
    what: "who comes after somebody who waited in vain waits as long",
    file: BREAKER,
    find: "(slow > 0 ? Math.min(mostMs, DOUBTED_MS) : mostMs)",
    replace: "mostMs",
    tests: STILL,
  },
  {
    promise: "G20",
    what: "what was acknowledged before a start is not looked for",
    file: "packages/api/src/sessions/acknowledged.ts",
    find: "if (event?.ok === true) note(",
    replace:
      "if (event?.ok === false) return false;\n        if (seq < 0 && event?.ok === true) note(",
    tests: MOVING,
  },
  {
    promise: "G20",
    what: "a journal that cannot be read is taken for an empty one",
    file: "packages/api/src/sessions/acknowledged.ts",
    find: 'log.warn("tail_unread", { why: String(error) });\n    return false;',
    replace: 'log.warn("tail_unread", { why: String(error) });\n    return true;',
    tests: MOVING,
  },
  {
    promise: "G21",
    what: "what was acknowledged long ago is told as news",
    file: "packages/api/src/sessions/moving.ts",
    find: 'if (opened.seq <= before) return "again";',
    replace: "",
    tests: MOVING,
  },
  {
    promise: "G22",
    what: "who asks again moves on again",
    file: "packages/api/src/sessions/moving.ts",
    find: "const mine = replayIn(known.conversation, how.request, ports.sha256);",
    replace: "const mine = replayIn(known.conversation, undefined, ports.sha256);",
    tests: MOVING,
  },
  {
    promise: "G22",
    what: "who asks again is told that it is known",
    file: RECORDER,
    find: 'if (isSameRequest(read.value, event)) return { status: "created", happened };',
    replace: "",
    tests: MOVING,
  },
  {
    promise: "G22",
    what: "another body under a known key is taken for a retry",
    file: SAYING,
    find: "`${idempotency} ${print}`",
    replace: "idempotency",
    tests: MOVING,
  },
  {
    promise: "G11",
    what: "a conversation is moved on whatever the condition",
    file: "packages/api/src/sessions/moving.ts",
    find: "return holds === null || (await holds(current));",
    replace: "return holds === null || current !== undefined;",
    tests: ["packages/api/src/routes/conditions.test.ts"],
  },
  {
    promise: "G12",
    what: "a key of one user writes the therapist's fields",
    file: "packages/api/src/routes/session-words.ts",
    find: "if (theirs.length > 0 && credentialOf(context).owner !== null) {",
    replace: "if (theirs.length > 9) {",
    tests: ["packages/api/src/sessions/whose.test.ts"],
  },
  {
    promise: "A20",
    what: "an id that is not UTF-8 is taken as it stands",
    file: "packages/api/src/http/paths.ts",
    find: "  } catch {\n    return false;",
    replace: "  } catch {\n    return true;",
    tests: WHOSE,
  },
  {
    promise: "A20",
    what: "NUL is taken, and kept as something else",
    file: "packages/api/src/sessions/answering.ts",
    find: 'return text.isWellFormed() && !text.includes("\\0");',
    replace: "return text.isWellFormed();",
    tests: WHOSE,
  },
];
