/**
 * Chats of the Vercel AI SDK, kept in Verbatim: the two functions its guide to
 * message persistence asks for, `loadChat` and `saveChat`.
 *
 *   R17  A chat that was saved is loaded as it was, part for part; saving it
 *       again records nothing, and what was replaced stays in the record.
 *
 * Each message is recorded once for each content it had, named after its content
 * and all before it, with the one before it as its parent. The chat is the newest
 * message and its parents: an answer that was generated again has the same parent
 * as the one it replaces, and so replaces it.
 */
import type { Client } from "./client.ts";
import { ApiError, isForLater } from "./errors.ts";
import { newId } from "./names.ts";
import type { EnrichedMessage, PostedMessage, PostedPart } from "./wire.ts";

/** What every version of the SDK's `UIMessage` has (5, 6 and 7); your own type of message is one. */
export type UiMessage = {
  readonly id: string;
  readonly role: "system" | "user" | "assistant";
  readonly metadata?: unknown;
  readonly parts: readonly { readonly type: string }[];
};

export type ChatStoreOptions = {
  /** Name of whoever writes the user's messages. `user`. */
  readonly user?: string | undefined;
  /** Name of whoever writes the assistant's. `assistant`. */
  readonly assistant?: string | undefined;
};

type Saved<M> = { readonly messages: readonly M[] } & (
  | { readonly chatId: string }
  | { readonly id: string }
);

export interface ChatStore<M extends UiMessage> {
  /** A name for a new chat; nothing is stored until something is said. */
  createChat(): string;
  /** The chat as it was last saved; empty when it never was. */
  loadChat(id: string, signal?: AbortSignal): Promise<M[]>;
  /** Keeps the chat, given whole; resolves when it is on disk. For `onEnd` (SDK 7) and `onFinish` (5, 6). */
  saveChat(chat: Saved<M>, signal?: AbortSignal): Promise<void>;
}

/** Messages recorded at once, and about how much of them. */
const BATCH_MAX = 200;
const BATCH_CHARS_MAX: number = 8 * 1024 * 1024;
const PAGE = 500;
/** Chats whose last state is remembered here, for who reads before the stores have it. */
const REMEMBERED_MAX = 500;
/** A message of more parts keeps them all in `meta`; this many are shown by name. */
const PARTS_MAX = 1000;

type Kept<M> = {
  readonly names: readonly string[];
  readonly messages: readonly M[];
  readonly seq: number;
};

/** Keeps chats with this client; a chat's id is the session's. */
export function chatStore<M extends UiMessage>(
  client: Pick<Client, "messages" | "sessions">,
  options: ChatStoreOptions = {},
): ChatStore<M> {
  const remembered = new Map<string, Kept<M>>();
  const remember = (id: string, kept: Kept<M>): void => {
    remembered.delete(id);
    remembered.set(id, kept);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED_MAX) return;
      remembered.delete(oldest);
    }
  };
  return {
    createChat: newId,
    loadChat: async (id, signal) => {
      const here = remembered.get(id);
      try {
        const stored = await readChat(client, id, signal);
        const newest =
          here === undefined || stored.seq >= here.seq ? stored.messages : here.messages;
        // What the SDK gave was JSON, and so is what it gets.
        return structuredClone(newest) as M[];
      } catch (error) {
        if (here === undefined || !isForLater(error)) throw error;
        return structuredClone(here.messages) as M[];
      }
    },
    saveChat: async (chat, signal) => {
      const id = "chatId" in chat ? chat.chatId : chat.id;
      const messages: M[] = JSON.parse(JSON.stringify(chat.messages));
      const names = await namesOf(id, messages);
      const here = remembered.get(id);
      const posted = messages.flatMap((message, at) =>
        here?.names[at] === names[at] ? [] : [postedOf(id, message, names, at, options)],
      );
      const seq = await post(client, posted, signal);
      remember(id, { names, messages, seq: Math.max(seq, here?.seq ?? 0) });
    },
  };
}

/** A name for each message: of its content, and of the name before it. */
async function namesOf(chat: string, messages: readonly UiMessage[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const message of messages) {
    const said = `${names.at(-1) ?? chat}\n${JSON.stringify(sorted(message))}`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(said));
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    names.push(`ui-${hex.join("").slice(0, 40)}`);
  }
  return names;
}

/** The same value with its fields in one order: a database gives them back in its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]));
}

function postedOf(
  chat: string,
  message: UiMessage,
  names: readonly string[],
  at: number,
  { user = "user", assistant = "assistant" }: ChatStoreOptions,
): PostedMessage {
  const { role } = message;
  const name = { user, assistant, system: "system" }[role];
  const parts = message.parts.flatMap(partsOf).slice(0, PARTS_MAX);
  const parent = names[at - 1];
  return {
    id: names[at] ?? "",
    session_id: chat,
    author: { name, role },
    ...(parent === undefined ? {} : { parent_id: parent }),
    ...(parts.length === 0 ? { text: "" } : { parts }),
    meta: { ui_message: sorted(message) },
  };
}

/** A part in the record's own words, to be read and found by; what has none is in `meta` alone. */
function partsOf(part: UiMessage["parts"][number]): readonly PostedPart[] {
  const { type, ...rest } = part;
  const fields: Readonly<Record<string, unknown>> = rest;
  if (type === "text" || type === "reasoning")
    return [{ type, content: String(fields["text"] ?? "") }];
  if (type === "file") return [fileOf(fields)];
  if (type === "dynamic-tool") return toolOf(String(fields["toolName"]), fields);
  return type.startsWith("tool-") ? toolOf(type.slice("tool-".length), fields) : [];
}

function fileOf(fields: Readonly<Record<string, unknown>>): PostedPart {
  const url = String(fields["url"] ?? "");
  const name = fields["filename"] ?? (url.startsWith("data:") ? "file" : url);
  const mime = fields["mediaType"];
  return {
    type: "file",
    name: String(name),
    ...(typeof mime === "string" ? { mime_type: mime } : {}),
  };
}

function toolOf(name: string, fields: Readonly<Record<string, unknown>>): readonly PostedPart[] {
  const id = String(fields["toolCallId"] ?? "");
  const call = { type: "tool_call", id, name, arguments: fields["input"] ?? null } as const;
  if (fields["state"] === "output-available")
    return [call, { type: "tool_call_response", id, response: fields["output"] ?? null }];
  if (fields["state"] === "output-error")
    return [
      call,
      { type: "tool_call_response", id, response: fields["errorText"], is_error: true },
    ];
  return [call];
}

/** Records messages in order; gives the seq of the newest. */
async function post(
  client: Pick<Client, "messages">,
  messages: readonly PostedMessage[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let newest = 0;
  for (const batch of batchesOf(messages)) {
    const { receipts } = await client.messages.post(batch, { signal });
    for (const { seq, error } of receipts) {
      // A name stands for a content: another wording of the same content is the same message.
      if (error !== undefined && error.code !== "conflict")
        throw new ApiError(error.code, error.message, { status: 207 });
      newest = Math.max(newest, seq ?? 0);
    }
  }
  return newest;
}

function batchesOf(messages: readonly PostedMessage[]): readonly PostedMessage[][] {
  const batches: PostedMessage[][] = [];
  let chars = 0;
  for (const message of messages) {
    const last = batches.at(-1);
    const size = JSON.stringify(message).length;
    chars += size;
    if (last === undefined || last.length >= BATCH_MAX || chars > BATCH_CHARS_MAX) {
      batches.push([message]);
      chars = size;
    } else last.push(message);
  }
  return batches;
}

/** The chat as the stores have it: the newest message and its parents. */
async function readChat<M>(
  client: Pick<Client, "sessions">,
  id: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly messages: readonly M[]; readonly seq: number }> {
  const chain: M[] = [];
  let seq = 0;
  let wanted: string | undefined;
  for await (const row of newestFirst(client, id, signal)) {
    const message = uiMessageOf<M>(row);
    if (message === null || (wanted !== undefined && row.id !== wanted)) continue;
    if (chain.length === 0) seq = row.seq;
    chain.push(message);
    wanted = row.parent_id;
    if (wanted === undefined) break;
  }
  return { messages: chain.toReversed(), seq };
}

async function* newestFirst(
  client: Pick<Client, "sessions">,
  id: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<EnrichedMessage> {
  let cursor: string | undefined;
  do {
    const asked = { source: "api", order: "desc", limit: PAGE, cursor } as const;
    const page = await client.sessions.messages(id, asked, { signal });
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

function uiMessageOf<M>({ meta }: EnrichedMessage): M | null {
  const kept = meta["ui_message"];
  // It is what saveChat put there; the SDK's validateUIMessages looks at it once more.
  return typeof kept === "object" && kept !== null ? (kept as M) : null;
}
