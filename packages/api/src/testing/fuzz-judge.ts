/** What is wrong with an answer, whatever was asked. */
import { SHAPES } from "../schemas/answers.ts";
import type { Operation, Question } from "./fuzz-requests.ts";
import { OWNERS, type Owner } from "./fuzz-world.ts";

const shapes: ReadonlyMap<string, (typeof SHAPES)[keyof typeof SHAPES]> = new Map(
  Object.entries(SHAPES),
);

export type Judged = {
  readonly status: number;
  readonly wrong: readonly string[];
  /** Where its listing goes on. */
  readonly cursor: string | null;
};

/** An answer against the description; `away` is whether a part was, so that 503 is honest. */
export async function judge(
  answer: Response,
  { operation, method }: Pick<Question, "operation" | "method">,
  owner: Owner,
  away: boolean,
): Promise<Judged> {
  const { status } = answer;
  const text = await answer.text();
  const wrong = [
    ...leaksIn(text + JSON.stringify([...answer.headers]), owner),
    ...(status >= 500 && !isHonest(status, operation, away) ? [`answered ${status}`] : []),
    ...(method === "HEAD"
      ? []
      : wrongWith(answer, text, method === operation.method ? operation : null)),
  ];
  const cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1] ?? null;
  return { status, cursor, wrong: wrong.map((what) => `${what}: ${text.slice(0, 300)}`) };
}

/** Readiness is asked for to hear a 503. */
function isHonest(status: number, { path }: Operation, away: boolean): boolean {
  return (status === 503 && path === "/health/ready") || (away && [503, 507].includes(status));
}

/** What another said, in an answer to a key of one user. */
function leaksIn(text: string, { marker, user }: Owner): readonly string[] {
  if (user === null) return [];
  const others = OWNERS.filter((one) => one.user !== null && one.marker !== marker);
  return others.flatMap((one) => (text.includes(one.marker) ? [`told of ${one.user}`] : []));
}

function wrongWith(answer: Response, text: string, operation: Operation | null): readonly string[] {
  const { status } = answer;
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  if (status >= 400 && (status !== 503 || type !== "application/json"))
    return wrongProblem(status, type, text);
  if (operation === null) return [];
  const declared = operation.responses[String(status)];
  if (declared === undefined) return [`${status} is not described`];
  const content = Object.entries(declared.content ?? {});
  if (content.length === 0) return text === "" ? [] : [`${status} has a body`];
  const schema = content.find(([name]) => name === type)?.[1].schema;
  if (schema === undefined) return [`${type} is not described`];
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? [] : misfit(name, text);
}

function wrongProblem(status: number, type: string, text: string): readonly string[] {
  if (type !== "application/problem+json") return [`${status} is told as ${type}`];
  const unfit = misfit("Problem", text);
  if (unfit.length > 0) return unfit;
  const told = shapes.get("Problem")?.parse(JSON.parse(text));
  const { code, detail, status: said } = Object(told);
  return code !== "" && detail !== "" && said === status ? [] : ["the problem does not say what"];
}

function misfit(name: string, text: string): readonly string[] {
  const shape = shapes.get(name);
  if (shape === undefined) return [`there is no shape ${name}`];
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return ["not JSON"];
  }
  const read = shape.safeParse(body);
  if (!read.success) return [`no ${name}: ${read.error.message}`];
  return Bun.deepEquals(read.data, body) ? [] : [`more than ${name} says`];
}
