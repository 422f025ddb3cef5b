/** Reading what runs: sessions, one session, search, what was set aside. */
import type {
  AsideListing,
  MessageListing,
  SearchListing,
  SessionListing,
} from "@verbatim/api/contract";
import { moneyText, PAGE_MAX, type SessionSummary, VerbatimError } from "@verbatim/core";
import { type Client, clientOf } from "../client.ts";
import { hitText, turn } from "../render/message.ts";
import { columns, countText, oneLine, shortIds, shown } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

type SessionsOptions = Global & {
  readonly limit: number;
  readonly source?: string;
  readonly q?: string;
  readonly project?: string;
  readonly model?: string;
  readonly agent?: string;
  readonly failed?: boolean;
  readonly minCost?: number;
  readonly since?: string;
  readonly until?: string;
};

export async function sessions(options: SessionsOptions, surface: Surface): Promise<void> {
  const client = clientOf(options, surface);
  const { source, q, project, model, agent, failed, minCost, since, until } = options;
  const listing = await client.get<SessionListing>("/v1/sessions", {
    limit: Math.min(options.limit, PAGE_MAX),
    source,
    q,
    project,
    model,
    agent,
    failed: failed === true ? "true" : undefined,
    min_cost: minCost,
    since,
    until,
  });
  if (options.json === true) return surface.out(`${JSON.stringify(listing, null, 2)}\n`);
  if (listing.data.length === 0)
    return surface.out(
      "no sessions; verbatim status says what is recorded, verbatim import PATH records more\n",
    );
  const { bold, dim } = surface.colours;
  const room = Math.max(20, surface.width - 80);
  const ids = shortIds(listing.data.map((one) => one.session_id));
  const rows = listing.data.map((one) => [
    bold(ids.get(one.session_id) ?? ""),
    // A session of bookkeeping alone: nobody said anything in it.
    one.messages === 0 ? dim("-") : one.last_said_at.slice(0, 16).replace("T", " "),
    `${countText(one.messages)}`,
    one.cost_micro_usd === null ? dim("-") : moneyText(one.cost_micro_usd),
    dim(oneLine(one.project?.split(/[/\\]/).at(-1) ?? one.source, 24)),
    oneLine(one.title ?? "", room),
  ]);
  surface.out(
    `${columns([["session", "last said", "messages", "cost", "project", "title"].map(dim), ...rows], surface.widthOf, [2, 3])}\n`,
  );
  if (listing.has_more) surface.out(`${dim(`more: --limit ${options.limit * 2}`)}\n`);
}

/** A session by its id, or by the beginning of one that is the only one to begin so. */
export async function sessionBy(id: string, client: Client): Promise<SessionSummary> {
  try {
    return await client.get<SessionSummary>(`/v1/sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "not_found") throw error;
  }
  const near = await client.get<SessionListing>("/v1/sessions", { q: id, limit: 50 });
  const found = near.data.filter((one) => one.session_id.startsWith(id));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  throw new VerbatimError(
    "not_found",
    found.length === 0
      ? `no session is called ${id}; see: verbatim sessions`
      : `${found.length} sessions begin with ${id}: ${found
          .slice(0, 5)
          .map((one) => one.session_id)
          .join(", ")}`,
  );
}

type ShowOptions = Global & { readonly full?: boolean; readonly records?: boolean };

export async function show(id: string, options: ShowOptions, surface: Surface): Promise<void> {
  const client = clientOf(options, surface);
  const session = await sessionBy(id, client);
  if (options.json !== true) surface.out(headOf(session, surface));
  for await (const message of messagesOf(session.session_id, client, options.records === true)) {
    if (surface.signal.aborted) return;
    const text = turn(message, surface.colours, options.full === true);
    surface.out(options.json === true ? `${JSON.stringify(message)}\n` : `${text}\n`);
  }
}

function headOf(session: SessionSummary, surface: Surface): string {
  const { bold, dim } = surface.colours;
  const facts = [
    session.session_id,
    session.project ?? session.source,
    `${session.messages} messages`,
    ...session.models,
  ];
  return `${bold(shown(session.title ?? session.session_id))}\n${dim(facts.map(shown).join(" · "))}\n\n`;
}

/** All messages of a session, page by page. */
async function* messagesOf(
  session: string,
  client: Client,
  records: boolean,
): AsyncGenerator<MessageListing["data"][number]> {
  const path = `/v1/sessions/${encodeURIComponent(session)}/messages`;
  for (let cursor: string | undefined; ; ) {
    const query = { limit: PAGE_MAX, cursor, records: records ? "true" : undefined };
    const page: MessageListing = await client.get<MessageListing>(path, query);
    yield* page.data;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

type SearchOptions = Global & {
  readonly limit: number;
  readonly session?: string;
  readonly source?: string;
  readonly role?: string;
  readonly sender?: string;
  readonly tier?: string;
  readonly chain?: string;
  readonly since?: string;
  readonly until?: string;
};

export async function search(
  query: string,
  options: SearchOptions,
  surface: Surface,
): Promise<void> {
  const client = clientOf(options, surface);
  const { source, role, since, until } = options;
  const session =
    options.session === undefined
      ? undefined
      : (await sessionBy(options.session, client)).session_id;
  const found = await client.get<SearchListing>("/v1/search", {
    q: query,
    limit: Math.min(options.limit, PAGE_MAX),
    session,
    source,
    role,
    author: options.sender,
    ace_tier: options.tier,
    chain_type: options.chain,
    since,
    until,
  });
  if (options.json === true) return surface.out(`${JSON.stringify(found, null, 2)}\n`);
  if (found.data.length === 0)
    return surface.out(
      `nothing holds ${shown(query)}; fewer words find more, begin* finds words that begin so\n`,
    );
  for (const hit of found.data) surface.out(`${hitText(hit, surface.colours)}\n`);
  const many = found.count_capped ? `more than ${countText(found.count)}` : countText(found.count);
  surface.out(surface.colours.dim(`${found.data.length} of ${many}\n`));
}

export async function aside(
  options: Global & { readonly limit: number },
  surface: Surface,
): Promise<void> {
  const client = clientOf(options, surface);
  const listing = await client.get<AsideListing>("/v1/aside", {
    limit: Math.min(options.limit, PAGE_MAX),
  });
  if (options.json === true) return surface.out(`${JSON.stringify(listing, null, 2)}\n`);
  if (listing.data.length === 0)
    return surface.out("nothing was set aside: everything recorded was understood\n");
  const rows = listing.data.map((one) => [
    `#${one.seq}`,
    oneLine(one.why, 60),
    oneLine(one.key, Math.max(20, surface.width - 80)),
    `${one.bytes} B`,
  ]);
  surface.out(`${columns(rows, surface.widthOf, [0, 3])}\n`);
}
