/** Questions about the numbers: the score, reports computed now, and what they are made of. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type EnrichedMessage,
  gather,
  type Numbers,
  type NumbersFilter,
  scoreOf,
  threadsOf,
  usageNumbers,
  windowsOf,
} from "@verbatim/core";
import { z } from "zod";
import { BREAKDOWNS, breakdownOf, timelineOf } from "../analysing.ts";
import type {
  BreakdownAnswer,
  OpenAnswer,
  ScoreAnswer,
  ThreadsAnswer,
  TimelineAnswer,
  UsageAnswer,
} from "../contract.ts";
import { askFields, asking, filterIn } from "../http/asking.ts";
import { type Told, tell } from "../http/describe.ts";
import { withQuery } from "../http/query.ts";
import type { ApiPorts } from "../ports.ts";
import { heardTo, reaching } from "../reach.ts";

/** Messages that are made threads of at once. */
const SAID_MAX = 20_000;
const SAID_STEP = 2000;
/** A year. */
const MINUTES_MAX = 525_600;

const timelineQuery = z.strictObject({
  ...askFields,
  by: z.enum(["day", "hour"]).default("day").meta({ description: "of what length, in UTC" }),
});
const breakdownQuery = z.strictObject({
  ...askFields,
  of: z.enum(BREAKDOWNS).meta({ description: "what is told apart" }),
  limit: limitOf("names"),
});
const usageQuery = z.strictObject({
  ...askFields,
  by: z
    .enum(["model", "day", "project", "speaker"])
    .default("model")
    .meta({ description: "what is told apart" }),
});
const threadsQuery = z.strictObject({
  ...askFields,
  gap_minutes: minutesOf(5, "a silence that ends a thread, where the source names none"),
  window_minutes: minutesOf(60, "length of a window of time"),
  min_messages: z.coerce.number().int().min(1).default(1).meta({ description: "or more" }),
  min_minutes: z.coerce
    .number()
    .min(0)
    .default(0)
    .meta({ description: "went on so long or longer" }),
});
const openQuery = z.strictObject({ ...askFields, limit: limitOf("items, the newest first") });

function limitOf(what: string): z.ZodType<number> {
  return z.coerce.number().int().min(1).max(500).default(50).meta({ description: what });
}

function minutesOf(preset: number, description: string): z.ZodType<number> {
  return z.coerce.number().gt(0).max(MINUTES_MAX).default(preset).meta({ description });
}

/** Adds the routes and their description; whole reports are made of `inTurn`. */
export function analyticsRoutes(app: OpenAPIHono, ports: ApiPorts, inTurn: Numbers): void {
  for (const one of ROUTES) tell(app, { ...one, method: "get", tag: "Analysing" });
  app.get("/v1/analytics/score", (context) =>
    withQuery(context, asking, async (asked) => {
      const filter = filterIn(asked);
      const [reach, rows] = await reaching(ports, (numbers) => numbers.tallies(filter));
      const answer: ScoreAnswer = { ...reach, ...scoreOf(rows, await ports.domains()) };
      return context.json(answer);
    }),
  );
  app.get("/v1/analytics/report", (context) =>
    withQuery(context, asking, async (asked) => {
      const now = ports.now().toISOString();
      const [filter, heard_to] = [filterIn(asked), await heardTo(ports)];
      const ask = { ...filter, heard_to, domains: await ports.domains(), now };
      return context.json(await gather(inTurn, ask));
    }),
  );
  app.get("/v1/analytics/timeline", (context) =>
    withQuery(context, timelineQuery, async ({ by, ...asked }) => {
      const filter = filterIn(asked);
      const [reach, rows] = await reaching(ports, (numbers) => numbers.tallies(filter));
      const answer: TimelineAnswer = { ...reach, by, data: timelineOf(rows, by) };
      return context.json(answer);
    }),
  );
  app.get("/v1/analytics/breakdown", (context) =>
    withQuery(context, breakdownQuery, async ({ of, limit, ...asked }) => {
      const filter = filterIn(asked);
      const [reach, rows] = await reaching(ports, (numbers) => numbers.tallies(filter));
      const named = breakdownOf(rows, of);
      const total = named.reduce((sum, one) => sum + one.count, 0);
      const data = named.slice(0, limit);
      const answer: BreakdownAnswer = { ...reach, of, total, names: named.length, data };
      return context.json(answer);
    }),
  );
  app.get("/v1/analytics/usage", (context) =>
    withQuery(context, usageQuery, async ({ by, ...asked }) => {
      const filter = filterIn(asked);
      const [reach, rows] = await reaching(ports, (numbers) => numbers.tallies(filter));
      const { usage, ...total } = usageNumbers(rows);
      const answer: UsageAnswer = { ...reach, ...total, by, data: usage[`by_${by}`] };
      return context.json(answer);
    }),
  );
  app.get("/v1/analytics/open", (context) =>
    withQuery(context, openQuery, async ({ limit, ...asked }) => {
      const filter = filterIn(asked);
      const [reach, data] = await reaching(ports, (numbers) => numbers.open(filter, limit));
      const answer: OpenAnswer = { ...reach, data };
      return context.json(answer);
    }),
  );
  app.get("/v1/analytics/threads", (context) =>
    withQuery(context, threadsQuery, async (asked) => context.json(await threads(ports, asked))),
  );
}

async function threads(
  ports: ApiPorts,
  asked: z.output<typeof threadsQuery>,
): Promise<ThreadsAnswer> {
  const { gap_minutes, window_minutes, min_messages, min_minutes, ...rest } = asked;
  const filter = filterIn(rest);
  const [reach, said] = await reaching(ports, (numbers) => saidIn(numbers, filter));
  const messages = said.slice(0, SAID_MAX);
  const options = {
    gap_minutes,
    window_minutes,
    min_messages,
    min_duration_seconds: min_minutes * 60,
  };
  return {
    ...reach,
    complete: said.length <= SAID_MAX,
    messages: messages.length,
    threads: threadsOf(messages, options),
    windows: windowsOf(messages, options),
  };
}

/** At most one more than SAID_MAX, which says that there are more. */
async function saidIn(
  numbers: Numbers,
  filter: NumbersFilter,
): Promise<readonly EnrichedMessage[]> {
  const found: EnrichedMessage[] = [];
  while (found.length <= SAID_MAX) {
    const last = found.at(-1);
    const after = last === undefined ? {} : { after: { seq: last.seq, sub: last.sub } };
    const limit = Math.min(SAID_STEP, SAID_MAX + 1 - found.length);
    const page = await numbers.said(filter, { ...after, limit });
    found.push(...page);
    if (page.length < limit) break;
  }
  return found;
}

const WRONG = "A parameter is wrong; errors name it and say what is allowed";
const PROBLEMS = { 400: WRONG, 503: "Postgres is away; recording goes on" } as const;
const REACH =
  "counted_to says how far the numbers reach, settled_to how far the archive does, heard_to how far the journal.";

const ROUTES: readonly Omit<Told, "method" | "tag">[] = [
  {
    path: "/v1/analytics/score",
    summary: "The collaboration score, 0 to 100, with its five parts and what they are made of",
    more: REACH,
    query: asking,
    answers: { 200: { says: "The score", shape: "Score" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/analytics/report",
    summary: "A report computed now; POST /v1/reports keeps one",
    more: REACH,
    query: asking,
    answers: { 200: { says: "The report", shape: "Report" } },
    problems: { ...PROBLEMS, 503: `${PROBLEMS[503]}; or others are having reports made (busy)` },
  },
  {
    path: "/v1/analytics/timeline",
    summary: "How much was said in each day or hour",
    more: `Days and hours of silence are left out. ${REACH}`,
    query: timelineQuery,
    answers: { 200: { says: "In the order of time", shape: "Timeline" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/analytics/breakdown",
    summary: "How many of each speaker, domain, tag, tool, …; the most first",
    more: `Speakers, projects, pairs and what is worked out of words are of messages that count; roles, sources and standings of all. ${REACH}`,
    query: breakdownQuery,
    answers: { 200: { says: "Names and their counts", shape: "Breakdown" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/analytics/usage",
    summary: "Calls of models, their tokens and what they cost",
    more: `Cost in millionths of a dollar; null where no call has a known price. ${REACH}`,
    query: usageQuery,
    answers: { 200: { says: "What was used", shape: "Usage" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/analytics/open",
    summary: "Questions without an answer and work that is blocked, the newest first",
    more: REACH,
    query: openQuery,
    answers: { 200: { says: "What is open", shape: "Open" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/analytics/threads",
    summary: "What belongs together: threads with how they ended, and windows of time",
    more: `A view: nothing is changed or left out, and every message is named. At most ${SAID_MAX} messages; complete says whether these were all.`,
    query: threadsQuery,
    answers: { 200: { says: "Threads and windows", shape: "Threads" } },
    problems: PROBLEMS,
  },
];
