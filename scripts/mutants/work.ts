/** Mutants for queues, their board, records and sessions that are looked at (A40 to A44), who logs in (A13), and the pages of them (B40 to B49). */
import type { Mutant } from "./mutant.ts";

const BOARD = ["packages/api/src/routes/board.test.ts"];
const COOKIE = "packages/api/src/http/cookie.ts";
const LOOKS = "packages/core/src/queue/looks.ts";
const LOOKED = ["packages/core/src/queue/looks.test.ts"];
const DRAWN = ["packages/drivers/src/queue/looks.int.test.ts"];
const FILTER = "packages/drivers/src/store/session-filter.ts";
const FILTERED = ["packages/drivers/src/store/session-filter.int.test.ts"];
const ARRANGING = "packages/dashboard/src/parts/arranging.ts";
const ARRANGED = ["packages/dashboard/src/parts/arranging.test.ts"];
const ALARMS = "packages/dashboard/src/pages/alarms.tsx";
const ALARMED = ["packages/dashboard/src/pages/now.test.ts"];
const AHEAD = "packages/dashboard/src/asking/ahead.ts";
const LIVE = "packages/dashboard/src/asking/live.ts";
const PLAIN = "packages/dashboard/src/parts/plain.ts";
const PARTS = ["packages/dashboard/src/parts/parts.test.ts"];
const HARM = ["tests/dashboard-harm.e2e.test.ts"];
const LIVED = ["packages/dashboard/src/asking/live.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "A13",
    what: "a page of another site logs a browser in",
    file: "packages/api/src/routes/pages.ts",
    find: "    if (isLedHere(context))",
    replace: '    if (isLedHere(context) && context.req.path === "/")',
    tests: ["packages/api/src/routes/pages.test.ts"],
  },
  {
    promise: "A40",
    what: "a page of any site changes something on the board",
    file: COOKIE,
    find: "new URL(origin).host === host",
    replace: "new URL(origin).host !== ''",
    tests: BOARD,
  },
  {
    promise: "A40",
    what: "what the board's page may do is done everywhere",
    file: COOKIE,
    find: "return req.path.startsWith(BOARD) && isOwnPage(context);",
    replace: "return isOwnPage(context);",
    tests: BOARD,
  },
  {
    promise: "A40",
    what: "whoever may read changes something on the board",
    file: "packages/api/src/routes/board.ts",
    find: "      ...{ method, path: `${BASE}/*`, tag },",
    replace: '      ...{ method, path: `${BASE}/*`, tag, scope: "read" },',
    tests: BOARD,
  },
  {
    promise: "A41",
    what: "minutes in which nothing was done are left out",
    file: LOOKS,
    find: "const newest = passed === 0 ? [since] : [...quiet, since];",
    replace: "const newest = [since];",
    tests: LOOKED,
  },
  {
    promise: "A42",
    what: "the board's page asks elsewhere for its fonts",
    file: "packages/drivers/src/queue/board.ts",
    find: '.replaceAll(/<link\\b[^>]*\\bhref="https?:[^>]*>\\s*/g, "")',
    replace: "",
    tests: DRAWN,
  },
  {
    promise: "A42",
    what: "where an alert is told is shown on the board",
    file: "packages/drivers/src/queue/board.ts",
    find: "return { ...data, rule };",
    replace: "return data;",
    tests: DRAWN,
  },
  {
    promise: "A43",
    what: "a record is given while something in it is hidden",
    file: "packages/api/src/routes/archive.ts",
    find: "if (messages.length > 0) return here === messages.length;",
    replace: "if (messages.length > 0) return true;",
    tests: ["packages/api/src/routes/archive.test.ts"],
  },
  {
    promise: "A43",
    what: "what is left of a record that was taken out is given",
    file: "packages/api/src/routes/archive.ts",
    find: "if (entry.erased === true) return false;",
    replace: "",
    tests: ["packages/api/src/routes/archive.test.ts"],
  },
  {
    promise: "A50",
    what: "the bytes of a record are given that may be meant",
    file: "packages/api/src/routes/archive.ts",
    find: "    if (said === 0 || messages.length < said) return false;",
    replace: "    if (said === 0) return false;",
    tests: ["packages/api/src/routes/archive.test.ts"],
  },
  {
    promise: "A50",
    what: "the bytes of what is set aside are given",
    file: "packages/api/src/routes/archive.ts",
    find: "    if (said === 0 || messages.length < said) return false;",
    replace: "    if (messages.length < said) return false;",
    tests: ["packages/api/src/routes/archive.test.ts"],
  },
  {
    promise: "A50",
    what: "files are given while something waits to be forgotten",
    file: "packages/api/src/forgets/waiting.ts",
    find: "  if (!forgets.isAnyPending()) return;",
    replace: "  if (forgets.isAnyPending()) return;\n  if (!forgets.isAnyPending()) return;",
    tests: ["packages/api/src/routes/archive.test.ts"],
  },
  {
    promise: "A44",
    what: "of several things that are asked only one must be so",
    file: FILTER,
    find: "conditions.map((one) => ` AND ${one}`)",
    replace: "conditions.slice(0, 1).map((one) => ` AND ${one}`)",
    tests: FILTERED,
  },
  {
    promise: "A44",
    what: "what is hidden finds a session",
    file: FILTER,
    find: 'own = "NOT m.hidden",',
    replace: 'own = "true",',
    tests: FILTERED,
  },
  {
    promise: "A44",
    what: "what a session cost is not asked for",
    file: FILTER,
    find: ">= ${at}::int8",
    replace: ">= ${at}::int8 OR true",
    tests: FILTERED,
  },
  {
    promise: "A44",
    what: "a call that several messages tell of is paid for by each",
    file: "packages/core/src/analytics/thread.ts",
    find: " - (was.cost_micro_usd ?? 0);",
    replace: ";",
    tests: FILTERED,
  },
  {
    promise: "D3",
    what: "a session costs a user what was called for another",
    file: "packages/drivers/src/store/own-sessions.ts",
    find: "o WHERE ${WHOSE} = $1 AND",
    replace: "o WHERE",
    tests: ["packages/drivers/src/store/own-sessions.int.test.ts"],
  },
  {
    promise: "B40",
    what: "a subagent that nobody sent is not shown",
    file: ARRANGING,
    find: "return [rowOf(agent, said)];",
    replace: "return [];",
    tests: ARRANGED,
  },
  {
    promise: "B40",
    what: "a subagent is shown where it was sent and where it began",
    file: ARRANGING,
    find: "if (placed.has(agent)) return [];",
    replace: "",
    tests: ARRANGED,
  },
  {
    promise: "B40",
    what: "an answer whose call is not there is not shown",
    file: ARRANGING,
    find: "if (!message.parts.some(isStray)) return message;",
    replace: "if (message.seq > 0) return message;",
    tests: ARRANGED,
  },
  {
    promise: "B41",
    what: "each message of a model call counts",
    file: ARRANGING,
    find: "calls.set(message.usage.call_id ?? anchorOf(message), message);",
    replace: "calls.set(anchorOf(message), message);",
    tests: ARRANGED,
  },
  {
    promise: "B42",
    what: "a source that stands still is not told of",
    file: ALARMS,
    find: "age < STALLED_MS",
    replace: "age > 0",
    tests: ALARMED,
  },
  {
    promise: "B42",
    what: "a file that its program deletes soon is not told of",
    file: ALARMS,
    find: "days > DELETED_DAYS",
    replace: "days < DELETED_DAYS",
    tests: ALARMED,
  },
  {
    promise: "B42",
    what: "a disk that fills is not told of",
    file: ALARMS,
    find: "days >= FULL_DAYS",
    replace: "days >= 0",
    tests: ALARMED,
  },
  {
    promise: "B44",
    what: "what was asked ahead is given however long ago that was",
    file: AHEAD,
    find: "now() - askedAt < FRESH_MS",
    replace: "now() >= askedAt",
    tests: ["packages/dashboard/src/asking/ahead.test.ts"],
  },
  {
    promise: "B44",
    what: "what was asked ahead is given again",
    file: AHEAD,
    find: "      coming.delete(url);\n      return",
    replace: "      return",
    tests: ["packages/dashboard/src/asking/ahead.test.ts"],
  },
  {
    promise: "B43",
    what: "what came is kept for as long as the page is open",
    file: LIVE,
    find: "shown: [...waiting, ...kept.shown].slice(0, SHOWN_MAX)",
    replace: "shown: [...waiting, ...kept.shown]",
    tests: LIVED,
  },
  {
    promise: "B43",
    what: "minutes are kept for as long as the page is open",
    file: LIVE,
    find: "    .slice(0, MINUTES_MAX);",
    replace: ";",
    tests: LIVED,
  },
  {
    promise: "B47",
    what: "quotes in quotes are drawn however deep they are",
    file: PLAIN,
    find: "signs > SIGNS_MAX || isDeep(line)",
    replace: "signs > SIGNS_MAX",
    tests: PARTS,
  },
  {
    promise: "B48",
    what: "a page that was refused is asked for again at once",
    file: "packages/dashboard/src/asking/pages.ts",
    find: "hasMore && !isValidating && !isFailed",
    replace: "hasMore && !isValidating",
    tests: HARM,
  },
  {
    promise: "B45",
    what: "a listing is what it was when it was first looked at",
    file: "packages/dashboard/src/asking/pages.ts",
    find: "if (data === undefined || data[0]?.url !== url || isValidating) return;",
    replace: "return;",
    tests: HARM,
  },
  {
    promise: "B49",
    what: "what was shown to who logged out is still in the page",
    file: "packages/dashboard/src/shell.tsx",
    find: 'window.location.replace("/login");',
    replace: 'window.history.pushState(null, "", "/login");',
    tests: HARM,
  },
];
