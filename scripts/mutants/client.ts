/** Mutants for the client (R). */
import type { Mutant } from "./mutant.ts";

const CALLING = "packages/client/src/calling.ts";
const LIVE = "packages/client/src/live.ts";
const SSE = "packages/client/src/sse.ts";
const OUTBOX = "packages/client/src/outbox.ts";
const AI_SDK = "packages/client/src/ai-sdk.ts";
const WIRE = ["tests/client-wire.test.ts"];

function testsOf(file: string): readonly string[] {
  return [file.replace(".ts", ".test.ts")];
}

export const mutants: readonly Mutant[] = [
  {
    promise: "R11",
    what: "each try of a write has a key of its own",
    file: CALLING,
    find: "return await read(await send(url, { ...init, signal: bound.signal }));",
    replace:
      'return await read(await send(url, { ...init, headers: { ...init.headers, "idempotency-key": newId() }, signal: bound.signal }));',
    tests: testsOf(CALLING),
  },
  {
    promise: "R12",
    what: "whatever fails is tried again",
    file: "packages/client/src/errors.ts",
    find: "return LATER.has(error.status) ||",
    replace: "return error.status !== 409 ||",
    tests: testsOf(CALLING),
  },
  {
    promise: "R12",
    what: "Retry-After is not waited for",
    file: CALLING,
    find: "Math.max(way.pauseMs(tries), error.retryAfterMs ?? 0)",
    replace: "way.pauseMs(tries)",
    tests: testsOf(CALLING),
  },
  {
    promise: "R12",
    what: "an abort does not end the wait",
    file: "packages/client/src/waiting.ts",
    find: 'signal?.addEventListener("abort", stop, { once: true });',
    replace: "",
    tests: testsOf(CALLING),
  },
  {
    promise: "R13",
    what: "a new connection begins where the first one began",
    file: LIVE,
    find: "feed.place = event.id ?? feed.place;",
    replace: "feed.place ??= event.id;",
    tests: testsOf(LIVE),
  },
  {
    promise: "R13",
    what: "only what is shown moves the place",
    file: LIVE,
    find: "feed.place = event.id ?? feed.place;",
    replace: 'if (event.data !== "") feed.place = event.id ?? feed.place;',
    tests: testsOf(LIVE),
  },
  {
    promise: "R13",
    what: "an id counts before its event is whole",
    file: SSE,
    find: "block.id = value;",
    replace: "{ block.id = value; block.data.push(value); }",
    tests: [...testsOf(SSE), ...testsOf(LIVE)],
  },
  {
    promise: "R14",
    what: "a line's end that is cut in two is two ends",
    file: SSE,
    find: 'const text = afterCr && decoded.startsWith("\\n") ? decoded.slice(1) : decoded;',
    replace: "const text = decoded;",
    tests: testsOf(SSE),
  },
  {
    promise: "R14",
    what: "a character that is cut in two is lost",
    file: SSE,
    find: "decoder.decode(bytes, { stream: true })",
    replace: "decoder.decode(bytes)",
    tests: testsOf(SSE),
  },
  {
    promise: "R15",
    what: "what the server refused is dropped without a word",
    file: OUTBOX,
    find: "onDrop?.(thing, error); // (R15)",
    replace: "",
    tests: testsOf(OUTBOX),
  },
  {
    promise: "R15",
    what: "what cannot be sent now is given up",
    file: OUTBOX,
    find: "if (isToStay(error)) return false;",
    replace: "",
    tests: testsOf(OUTBOX),
  },
  {
    promise: "R15",
    what: "a thing's place on the shelf is not noted",
    file: OUTBOX,
    find: "to += 1;\n      try {\n        await mark();",
    replace: "to += 1;\n      try {",
    tests: testsOf(OUTBOX),
  },
  {
    promise: "R16",
    what: "the client names a field that the server does not take",
    file: "packages/client/src/wire.ts",
    find: "readonly said_at?: string;",
    replace: "readonly spoken_at?: string;",
    tests: WIRE,
  },
  {
    promise: "R16",
    what: "the client calls a route that is not there",
    file: "packages/client/src/wire-sessions.ts",
    find: '"POST /v1/conversations/{id}/compact"',
    replace: '"POST /v1/conversations/{id}/compacted"',
    tests: WIRE,
  },
  {
    promise: "R16",
    what: "the client promises a field that is not answered",
    file: "packages/client/src/wire-sessions.ts",
    find: "readonly answer: ResumeAnswer }",
    replace: "readonly answer: ResumeAnswer & { readonly mood: string } }",
    tests: WIRE,
  },
  {
    promise: "R17",
    what: "an answer that was replaced is still in the chat",
    file: AI_SDK,
    find: "if (message === null || (wanted !== undefined && row.id !== wanted)) continue;",
    replace: "if (message === null) continue;",
    tests: testsOf(AI_SDK),
  },
  {
    promise: "R17",
    what: "a chat whose fields a database gave in another order is recorded again",
    file: AI_SDK,
    find: "JSON.stringify(sorted(message))",
    replace: "JSON.stringify(message)",
    tests: testsOf(AI_SDK),
  },
];
