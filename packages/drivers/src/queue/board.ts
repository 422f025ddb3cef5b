/**
 * bull-board as answers to requests: its page, its files and its questions. Who
 * may ask is not known here.
 *
 *   A42  The page asks nothing of anybody else: what it would load from elsewhere
 *        is taken out of it. Where an alert is told stays where it is, because an
 *        address may hold a key.
 *
 * Its queues are opened when they are first asked for; while Redis is away that
 * fails as it does everywhere.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { QUEUES, type QueueName } from "@verbatim/core";
import type { Queue } from "bullmq";
import { guarded, named } from "../redis/failures.ts";

/** What is asked, below the board's own address: "/api/queues". */
type BoardAsk = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** JSON, or null. */
  readonly body: unknown;
};
type BoardAnswer = {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
};
export type Board = {
  /** Null where it has nothing. */
  answer(ask: BoardAsk): Promise<BoardAnswer | null>;
};

type Adapter = Parameters<typeof createBullBoard>[0]["serverAdapter"];
type Routes = Parameters<Adapter["setApiRoutes"]>[0];
type Handler = Routes[number]["handler"];
type Asked = NonNullable<Parameters<Handler>[0]>;
type Fails = Parameters<Adapter["setErrorHandler"]>[0];

/** What bull-board tells its server. */
type Told = {
  routes: Routes;
  queues: Asked["queues"];
  config: Asked["uiConfig"];
  fails: Fails | null;
  view: { readonly name: string; readonly params: Readonly<Record<string, string>> } | null;
};

const UI: string = dirname(fileURLToPath(import.meta.resolve("@bull-board/ui/package.json")));
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript;charset=utf-8",
  css: "text/css;charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
};
const JSON_TYPE = "application/json";

/** The board of all queues, at the address `base`. */
export function boardOf(queueOf: (name: QueueName) => Promise<Queue>, base: string): Board {
  let opened: Promise<Told> | null = null;
  const told = async (): Promise<Told> => {
    opened ??= open(queueOf, base);
    opened.catch(() => {
      opened = null;
    });
    return await opened;
  };
  return {
    answer: async (ask) => {
      if (ask.path.startsWith("/static/")) return await fileAt(ask.path);
      if (ask.path.startsWith("/api/")) return await called(ask, await told());
      return ask.method === "GET" ? await page(await told()) : null;
    },
  };
}

async function open(queueOf: (name: QueueName) => Promise<Queue>, base: string): Promise<Told> {
  const queues = await Promise.all(
    QUEUES.map(async (name) => {
      const adapter = new BullMQAdapter(await guarded(() => queueOf(name)));
      adapter.setFormatter("data", withoutAddress);
      return adapter;
    }),
  );
  const told: Told = { routes: [], queues: new Map(), config: {}, fails: null, view: null };
  createBullBoard({
    queues,
    serverAdapter: adapterOf(told, base),
    options: {
      uiBasePath: UI,
      uiConfig: { boardTitle: "Verbatim", miscLinks: [{ text: "Dashboard", url: "/jobs" }] },
    },
  });
  return told;
}

/** Writes down what bull-board says of itself. */
function adapterOf(told: Told, base: string): Adapter {
  const note = (some: Partial<Told>): Adapter => {
    Object.assign(told, some);
    return adapter;
  };
  const adapter: Adapter = {
    setQueues: (queues) => note({ queues }),
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setEntryRoute: ({ handler }) =>
      note({ view: handler({ basePath: base, uiConfig: told.config }) }),
    setErrorHandler: (fails) => note({ fails }),
    setApiRoutes: (routes) => note({ routes }),
    setUIConfig: (config) => note({ config }),
  };
  return adapter;
}

async function page({ view }: Told): Promise<BoardAnswer> {
  const { name = "index.ejs", params = {} } = view ?? {};
  const template = await readFile(join(UI, "dist", name), "utf8");
  return { status: 200, type: "text/html;charset=utf-8", body: drawn(template, params) };
}

/** The template with what it names put in; links to elsewhere are left out. (A42) */
export function drawn(template: string, params: Readonly<Record<string, string>>): string {
  return template
    .replaceAll(/<link\b[^>]*\bhref="https?:[^>]*>\s*/g, "")
    .replaceAll(/<%([-=])\s*(\w+)\s*%>/g, (_, how: string, name: string) =>
      how === "-" ? (params[name] ?? "") : escaped(params[name] ?? ""),
    );
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** One of its own files; nothing outside of their folder has a name here. */
async function fileAt(path: string): Promise<BoardAnswer | null> {
  const names = path.split("/").slice(1);
  const ending = path.split(".").at(-1) ?? "";
  const type = TYPES[ending];
  if (type === undefined || names.some((one) => !/^[\w-][\w.-]*$/.test(one))) return null;
  const bytes = await readFile(join(UI, "dist", ...names)).catch(() => null);
  return bytes === null ? null : { status: 200, type, body: new Uint8Array(bytes) };
}

async function called(ask: BoardAsk, told: Told): Promise<BoardAnswer | null> {
  const found = routeOf(told.routes, ask);
  if (found === null) return null;
  const asked: Asked = {
    queues: told.queues,
    uiConfig: told.config,
    params: found.params,
    query: ask.query,
    body: typeof ask.body === "object" && ask.body !== null ? ask.body : {},
    headers: {},
  };
  try {
    const { status = 200, body } = await found.handler(asked);
    return { status, type: JSON_TYPE, body: status === 204 ? "" : JSON.stringify(body) };
  } catch (error) {
    const away = named(error);
    if (away !== error || told.fails === null || !(error instanceof Error)) throw away;
    const { status = 500, body } = told.fails(error);
    return { status, type: JSON_TYPE, body: JSON.stringify(body) };
  }
}

/** The first route that fits, with what stands in the path where it has names. */
function routeOf(
  routes: Routes,
  { method, path }: BoardAsk,
): { readonly handler: Handler; readonly params: Readonly<Record<string, string>> } | null {
  for (const { method: methods, route, handler } of routes) {
    if (![methods].flat().some((one) => one === method.toLowerCase())) continue;
    for (const one of [route].flat()) {
      const pattern = new RegExp(`^${one.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
      const found = pattern.exec(path);
      if (found !== null) return { handler, params: decodedOf(found.groups ?? {}) };
    }
  }
  return null;
}

function decodedOf(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

/** A job's data without where an alert is told. (A42) */
export function withoutAddress(data: unknown): unknown {
  if (typeof data !== "object" || data === null || !("rule" in data)) return data;
  if (typeof data.rule !== "object" || data.rule === null) return data;
  const { webhook: _, ...rule }: Readonly<Record<string, unknown>> = { ...data.rule };
  return { ...data, rule };
}
