/** Mutants for what is hidden: who hides what (K13), what is left to count (N9), in Postgres (S7), in Redis (M7), in a journal alone (L3), in summaries (K30, G30). */
import type { Mutant } from "./mutant.ts";

const WHAT = ["packages/core/src/sessions/hidden.test.ts"];
const COUNTED = ["packages/core/src/sessions/wordless.test.ts"];
const DEEP = ["packages/drivers/src/store/hiding.int.test.ts"];
const ORDERS = ["packages/drivers/src/store/hiding-orders.int.test.ts"];
const ALONE = ["packages/cli/src/wire/hidden.int.test.ts"];
const FOLDS = ["packages/drivers/src/store/hiding-folds.int.test.ts"];
const SUMMED = ["packages/core/src/sessions/opened.test.ts"];
const TOLD = ["packages/api/src/routes/summaries.test.ts"];
const HOT = ["packages/drivers/src/hot/hot.int.test.ts"];
const LUA = "packages/drivers/src/hot/apply.lua";
const STORE = "packages/drivers/src/store";

export const mutants: readonly Mutant[] = [
  {
    promise: "K13",
    what: "whoever knows an id hides the message",
    file: "packages/core/src/sessions/hidden.ts",
    find: "deleted.add(messageName(event.user_id, event.session_id, event.message_id));",
    replace: "deleted.add(messageName('ada', event.session_id, event.message_id));",
    tests: WHAT,
  },
  {
    promise: "K13",
    what: "of two switches the one heard last holds",
    file: "packages/core/src/sessions/hidden.ts",
    find: "return one === null || other.seq > one.seq ? other : one;",
    replace: "return one === null ? other : other;",
    tests: WHAT,
  },
  {
    promise: "N9",
    what: "a message without its words counts as nothing said",
    file: "packages/core/src/sessions/wordless.ts",
    find: "const parts: readonly Part[] = message.parts.some(isSpoken)",
    replace: "const parts: readonly Part[] = message.parts.some(() => false)",
    tests: COUNTED,
  },
  {
    promise: "N9",
    what: "a tag of its own is kept",
    file: "packages/core/src/sessions/wordless.ts",
    find: "return isTag(tag) && !tag.startsWith",
    replace: "return isTag(tag) ? tag : !tag.startsWith",
    tests: COUNTED,
  },
  {
    promise: "N9",
    what: "a row that is full is guessed at",
    file: "packages/core/src/sessions/wordless.ts",
    find: "if (left[OTHER] !== undefined || Object.keys(left).length + 2 > NAMES_MAX) return null;",
    replace: "",
    tests: DEEP,
  },
  {
    promise: "M7",
    what: "the live feed goes on giving what is hidden",
    file: LUA,
    find: "if seq and redis.call('XDEL', KEYS[7], string.format('%d-0', seq)) == 1 then",
    replace: "if seq and false then",
    tests: HOT,
  },
  {
    promise: "M7",
    what: "a message that comes after its deletion enters the window",
    file: LUA,
    find: "local hidden = those_in(KEYS[10], may_hide)",
    replace: "local hidden = {}",
    tests: HOT,
  },
  {
    promise: "M7",
    what: "what is repeated off the record is hidden as it was first said",
    file: LUA,
    find: "if not is_repeat and not (is_off and held[ref]) then",
    replace: "if is_off or not is_repeat then",
    tests: HOT,
  },
  {
    promise: "M7",
    what: "what the feed still holds is forgotten by its name",
    file: LUA,
    find: "if oldest then forgotten =",
    replace: "if false then forgotten =",
    tests: HOT,
  },
  {
    promise: "M7",
    what: "a hidden message gives its place to another",
    file: LUA,
    find: "redis.call('SADD', KEYS[10], ...)",
    replace: "redis.call('SADD', KEYS[10], ...) redis.call('ZREM', KEYS[2], ...)",
    tests: HOT,
  },
  {
    promise: "S7",
    what: "a message that comes after its deletion is shown",
    file: `${STORE}/hiding.ts`,
    find: "for (const one of await heardBefore(client, words, uid)) hidden.take(one);",
    replace: "await heardBefore(client, words, uid);",
    tests: ORDERS,
  },
  {
    promise: "S7",
    what: "the numbers keep a hidden message's words",
    file: `${STORE}/hiding.ts`,
    find: "stands = (await countHidden(client, message, uid)) && stands;",
    replace: "",
    tests: DEEP,
  },
  {
    promise: "S7",
    what: "the index keeps a hidden message's words",
    file: `${STORE}/hiding.ts`,
    find: "await hideTerms(client, message);",
    replace: "",
    tests: DEEP,
  },
  {
    promise: "S7",
    what: "counting again brings hidden words back",
    file: `${STORE}/counting.ts`,
    find: "const held = asHidden(there, new Set(hidden.map(({ message }) => message.seq)));",
    replace: "const held = asHidden(there, new Set(hidden.map(() => -1)));",
    tests: DEEP,
  },
  {
    promise: "S7",
    what: "the events of the session keep the words",
    file: `${STORE}/hiding.ts`,
    find: "await hideEvents(client, deleted, hidden, uid);",
    replace: "",
    tests: DEEP,
  },
  {
    promise: "S7",
    what: "who asks for messages gets the hidden ones too",
    file: `${STORE}/filter.ts`,
    find: 'const sql: string[] = ["NOT hidden"];',
    replace: "const sql: string[] = [];",
    tests: DEEP,
  },
  {
    promise: "L3",
    what: "a deletion beyond the page is not looked for",
    file: "packages/cli/src/wire/hidden.ts",
    find: "const end = message.seq > high ? await journal.last() : high;",
    replace: "const end = message.seq;",
    tests: ALONE,
  },
  {
    promise: "L3",
    what: "every page looks through the whole journal",
    file: "packages/cli/src/wire/hidden.ts",
    find: "const from = Math.max(1, message.seq - BEFORE);",
    replace: "const from = 1;",
    tests: ALONE,
  },
  {
    promise: "K30",
    what: "a line stays when its message goes",
    file: "packages/core/src/sessions/opened.ts",
    find: "lines.filter(({ from }) => from === null || isShown(...from));",
    replace: "lines.filter(({ from }) => from === null || isShown(...from) || true);",
    tests: SUMMED,
  },
  {
    promise: "K30",
    what: "lines of an earlier summary are taken for what somebody wrote himself",
    file: "packages/core/src/sessions/compact.ts",
    find: "summary_from[first + at] ?? null",
    replace: "summary_from[-1 - at] ?? null",
    tests: SUMMED,
  },
  {
    promise: "G30",
    what: "of a session that nobody can know of everything is shown",
    file: "packages/api/src/sessions/summaries.ts",
    find: "deleted.get(session)?.has(message) === false",
    replace: "deleted.get(session)?.has(message) !== true",
    tests: TOLD,
  },
  {
    promise: "G30",
    what: "a compaction that is asked for again is told as it was",
    file: "packages/api/src/routes/conversation-moves.ts",
    find: "    ...summaries,\n",
    replace: "    ...summaries,\n    summary: event.summary ?? null,\n",
    tests: TOLD,
  },
  {
    promise: "S7",
    what: "a summary of ours keeps what is deleted",
    file: "packages/drivers/src/store/hiding.ts",
    find: "  await hideInSummaries(client, happened, uid);\n",
    replace: "",
    tests: FOLDS,
  },
  {
    promise: "S7",
    what: "what is hidden is folded with its words",
    file: "packages/drivers/src/store/session-save.ts",
    find: "hidden.has(moment.seq) ? eventWithoutWords(event) : event",
    replace: "hidden.has(-moment.seq) ? eventWithoutWords(event) : event",
    tests: FOLDS,
  },
];
