/**
 * Requests made from /openapi.json, twenty thousand of them: fitting ones, such as
 * nearly fit, and rubbish, by keys of several users, while parts come and go.
 *
 * The seed is fixed; VERBATIM_FUZZ_SEED takes another, VERBATIM_FUZZ_WORLDS more.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { judge } from "./testing/fuzz-judge.ts";
import {
  type Described,
  operationsIn,
  type Question,
  questionsOf,
  requestOf,
} from "./testing/fuzz-requests.ts";
import { type FuzzWorld, fuzzWorld, OWNERS, type Owner } from "./testing/fuzz-world.ts";
import { appOf, jsonOf } from "./testing/requests.ts";

const WORLDS = Number(Bun.env["VERBATIM_FUZZ_WORLDS"] ?? 200);
const QUESTIONS = 66;
const SEED = Number(Bun.env["VERBATIM_FUZZ_SEED"] ?? 20_261_121);

const unhandled: unknown[] = [];
const note = (why: unknown): void => void unhandled.push(why);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

const aways = fc.record({
  from: fc.nat(QUESTIONS * 2),
  parts: fc.record({
    intake: fc.boolean(),
    library: fc.boolean(),
    redis: fc.boolean(),
    journal: fc.boolean(),
  }),
});

/** What opens for a key in the body, gives a file by the name a build gave it, or takes a taxonomy, a new name or the name of a number: none is guessed. */
const UNGUESSED: ReadonlySet<string> = new Set([
  "GET /assets/{file}",
  "POST /v1/login",
  "POST /v1/keys",
  "PUT /v1/taxonomy",
  "POST /v1/taxonomy/preview",
  "PUT /v1/analytics/alerts/{name}",
]);

type Away = { readonly from: number; readonly parts: FuzzWorld["fake"]["away"] };
type Tally = { asked: number; readonly answered: Set<string> };

/** Asks them one after the other, each by two; gives what was wrong with the answers. */
async function faultsOf(
  world: FuzzWorld,
  questions: readonly Question[],
  { from, parts }: Away,
  tally: Tally,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [at, question] of questions.entries()) {
    if (at === from) Object.assign(world.fake.away, parts);
    for (const owner of new Set(question.owners.map((place) => OWNERS[place])))
      if (owner !== undefined) faults.push(...(await faultsBy(owner, world, question, tally)));
  }
  return faults;
}

async function faultsBy(
  owner: Owner,
  world: FuzzWorld,
  question: Question,
  tally: Tally,
): Promise<readonly string[]> {
  const request = requestOf(question, owner, world);
  if (request === null) return [];
  const { method, url } = request;
  const answer = await world.app.request(request);
  const isAway = Object.values(world.fake.away).includes(true);
  const { status, wrong, cursor } = await judge(answer, question, owner, isAway);
  world.cursor.last = cursor ?? world.cursor.last;
  tally.asked += 1;
  if (status < 300) tally.answered.add(`${question.method} ${question.operation.path}`);
  const asked = `${method} ${url} by ${owner.token} ${String(question.body).slice(0, 300)}`;
  return wrong.map((what) => `${asked}\n  ${what} ${lastError(world)}`);
}

function lastError({ fake }: FuzzWorld): string {
  return JSON.stringify(fake.logged.at(-1) ?? "").slice(0, 600);
}

test("A10: whatever is asked, no answer is a fault of ours, misdescribed, or another's", async () => {
  const described = await jsonOf<Described>(appOf().request("/openapi.json"));
  const operations = operationsIn(described);
  const { schemas } = described.components;
  const question = questionsOf(operations, schemas);
  const questions = fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS });
  const tally: Tally = { asked: 0, answered: new Set() };
  const faults: string[] = [];
  const asks = fc.asyncProperty(questions, aways, async (asked, away) => {
    faults.push(...(await faultsOf(await fuzzWorld(), asked, away, tally)));
    return faults.length === 0;
  });
  const ran = await fc.check(asks, { seed: SEED, numRuns: WORLDS, endOnFailure: true });
  // The counterexample itself holds whole descriptions; these words are enough to ask it again.
  if (ran.failed)
    throw new Error(`seed ${SEED}, world ${ran.counterexamplePath}:\n${faults.join("\n")}`, {
      cause: ran.errorInstance,
    });
  expect(unhandled).toEqual([]);
  if (WORLDS < 200) return;
  expect(tally.asked).toBeGreaterThan(19_000);
  // Not one operation was only ever refused.
  const named = operations.map(({ method, path }) => `${method} ${path}`);
  const refused = named.filter((name) => !tally.answered.has(name) && !UNGUESSED.has(name));
  expect(refused).toEqual([]);
}, 300_000);
