/** Messages to count, and the port of numbers over them, for tests. */
import { count, type Told } from "../analytics/counting.ts";
import type { Numbers, NumbersFilter, OpenItem } from "../analytics/port.ts";
import { mayCount } from "../analytics/standing.ts";
import { threadKeyOf } from "../analytics/thread.ts";
import type { EnrichedMessage } from "../message/message.ts";

export type MessageOver = Partial<Omit<EnrichedMessage, "enrichment">> & {
  readonly enrichment?: Partial<EnrichedMessage["enrichment"]>;
};

/** Message number `seq`, a minute after the one before. */
export function aMessage(seq: number, over: MessageOver = {}): EnrichedMessage {
  const { enrichment, ...rest } = over;
  const text = over.text ?? `words number ${seq}`;
  return {
    id: `m-${seq}`,
    session_id: "s",
    source: "api",
    author: { name: "ada", role: "user" },
    said_at: new Date(Date.UTC(2026, 0, 1, 10) + seq * 60_000).toISOString(),
    heard_at: "2026-01-02T00:00:00.000Z",
    seq,
    sub: 0,
    kind: "message",
    parts: [{ type: "text", content: text }],
    text,
    meta: {},
    ...rest,
    enrichment: {
      chain_type: "ui_ux",
      ace_tier: "E",
      shl_tags: ["@Chain-ui_ux"],
      dialogue_acts: [],
      keywords: ["words"],
      language: "en",
      content_hash: "",
      normal_hash: "",
      word_count: 3,
      char_count: 15,
      secrets: [],
      taxonomy: "t@1",
      explain: {
        chain_type: { matched: [], confidence: 1 },
        ace_tier: { matched: [], confidence: 1 },
        shl_tags: {},
        dialogue_acts: {},
      },
      ...enrichment,
    },
  };
}

/** Which of them say something for the first time, by their text. */
export function toldOf(messages: readonly EnrichedMessage[]): readonly Told[] {
  const said = new Set<string>();
  return messages.map((message) => {
    const isFirst = !mayCount(message) || !said.has(message.text);
    if (mayCount(message)) said.add(message.text);
    return { message, isFirst };
  });
}

/** The numbers of messages, counted anew for each question. */
export function memoryNumbers(messages: readonly EnrichedMessage[], asides: number = 0): Numbers {
  const last = messages.at(-1)?.seq ?? 0;
  const all = toldOf(messages);
  const numbers: Numbers = {
    together: (read) => read(numbers),
    counted: async () => ({ counted_to: last, settled_to: last, taxonomy: "t@1" }),
    tallies: async (filter) =>
      count(
        all.filter(
          ({ message }) => filter.session === undefined || message.session_id === filter.session,
        ),
        new Map(),
      ).rows.filter((row) => isWanted(filter, row)),
    sessions: async (filter) =>
      new Set(
        messages
          .filter((one) => isWanted(filter, placeOf(one)))
          .map(({ session_id }) => session_id),
      ).size,
    open: async (filter, limit) =>
      openIn(all)
        .filter(({ said_at }) => isBefore(filter, said_at) && said_at >= (filter.since ?? ""))
        .slice(0, limit),
    asides: async () => asides,
    said: async (filter, { limit }) =>
      messages.filter((one) => isWanted(filter, placeOf(one))).slice(0, limit),
  };
  return numbers;
}

function placeOf(message: EnrichedMessage): Parameters<typeof isWanted>[1] {
  const { cwd } = message.meta;
  return {
    hour: message.said_at,
    project: typeof cwd === "string" ? cwd : "",
    speaker: message.author.name,
  };
}

function isWanted(
  filter: NumbersFilter,
  row: { readonly hour: string; readonly project: string; readonly speaker: string },
): boolean {
  const isSince = filter.since === undefined || row.hour >= filter.since;
  const isOfProject = filter.project === undefined || row.project === filter.project;
  const isBySpeaker = filter.speaker === undefined || row.speaker === filter.speaker;
  return isSince && isBefore(filter, row.hour) && isOfProject && isBySpeaker;
}

function isBefore({ until }: NumbersFilter, time: string): boolean {
  return until === undefined || time < until;
}

function openIn(all: readonly Told[]): readonly OpenItem[] {
  const threads = count(all, new Map()).threads;
  const items = all.flatMap(({ message }) =>
    (threads.get(threadKeyOf(message))?.open ?? [])
      .filter(({ seq, sub }) => seq === message.seq && sub === message.sub)
      .map((open) => ({ ...open, session_id: message.session_id, text: message.text })),
  );
  return items.toReversed();
}
