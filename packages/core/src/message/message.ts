/**
 * The message: one thing said by one party in one session, and what was worked
 * out about it. Field names are the wire's and the table's: one vocabulary.
 *
 * Parsers make it from what was heard; enrichers add to it. It can always be
 * made again from the journal, so it is never the only copy.
 */

/** `tool` is what a tool answered; `system` is machine text nobody typed. */
export type Role = "user" | "assistant" | "system" | "tool" | "agent";

/** Parts after the OpenTelemetry GenAI conventions (message parts, 2026 draft). */
export type Part =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "reasoning"; readonly content: string }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly name: string;
      readonly arguments: unknown;
    }
  | {
      readonly type: "tool_call_response";
      readonly id: string;
      readonly response: unknown;
      readonly is_error?: boolean;
    }
  /** Bytes inside the record (an image): named by type and size here, whole in the raw record. */
  | { readonly type: "blob"; readonly mime_type: string; readonly bytes: number }
  | { readonly type: "file"; readonly mime_type?: string; readonly name: string };

/** Tokens of one model call, as the source counts them. Absent is unknown, never zero. */
export type Usage = {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_5m_tokens?: number;
  readonly cache_write_1h_tokens?: number;
  /** What the source itself says the call cost. */
  readonly cost_usd?: number;
  /** The call these belong to: several messages may repeat one call's usage; the last one is right. */
  readonly call_id?: string;
};

export type Message = {
  /** Stable and the source's own; a copy of the record elsewhere has the same id. */
  readonly id: string;
  readonly session_id: string;
  readonly conversation_id?: string;
  readonly source: string;
  readonly author: { readonly name: string; readonly role: Role };
  readonly receiver?: string;
  readonly topic?: string;
  /** UTC, ISO 8601 with milliseconds. Where the source has no time it is `heard_at`, and `meta.said_at` says "heard". */
  readonly said_at: string;
  readonly heard_at: string;
  /** Place in the journal of the entry it was read from. */
  readonly seq: number;
  /** Which message of that entry: 0, but for entries that hold several. */
  readonly sub: number;
  readonly parent_id?: string;
  /** `message`: somebody said it. `record`: bookkeeping of the source (titles, snapshots, progress). */
  readonly kind: "message" | "record";
  readonly parts: readonly Part[];
  /** What a person would read. */
  readonly text: string;
  readonly model?: string;
  readonly usage?: Usage;
  /** What the source says beside it: cwd, git branch, version, stream, title. JSON values only. */
  readonly meta: Readonly<Record<string, unknown>>;
};

/** What was worked out about a message, each answer with the words that decided it. */
export type Enrichment = {
  readonly chain_type: string;
  readonly ace_tier: "A" | "C" | "E" | "unclassified";
  readonly shl_tags: readonly string[];
  /** What the message does in its conversation, in the order of DialogueAct. */
  readonly dialogue_acts: readonly DialogueAct[];
  /** Best first, at most ten. */
  readonly keywords: readonly string[];
  /** ISO 639-1, or "und" when the text does not say. */
  readonly language: string;
  /** sha-256 of the text, hex. */
  readonly content_hash: string;
  /** sha-256 of its words in lower case with one space between: the same for texts that differ in case, punctuation and layout only. */
  readonly normal_hash: string;
  readonly word_count: number;
  readonly char_count: number;
  /** Secrets in the text, in their order: kinds and places, never the value. */
  readonly secrets: readonly Secret[];
  /**
   * What the model call of the message cost, in millionths of a dollar: as its
   * source says, else by list prices. Absent is unknown, never zero. Messages of
   * one `usage.call_id` each bear the cost of the whole call: a sum takes the
   * last of them.
   */
  readonly cost_micro_usd?: number;
  /** What it was worked out by: name@version of the taxonomy, digest of all it says, our own rules (`taxonomyId`). */
  readonly taxonomy: string;
  readonly explain: {
    readonly chain_type: Decided;
    readonly ace_tier: Decided;
    readonly shl_tags: Readonly<Record<string, readonly string[]>>;
    readonly dialogue_acts: Readonly<Record<string, readonly string[]>>;
  };
};

/** A secret in a text: [start, end) in UTF-16 units. */
export type Secret = { readonly kind: SecretKind; readonly start: number; readonly end: number };

export type SecretKind =
  | "private_key"
  | "aws_access_key"
  | "github_token"
  | "slack_token"
  | "slack_webhook"
  | "anthropic_key"
  | "openai_key"
  | "npm_token"
  | "gcp_key"
  | "stripe_key"
  | "jwt"
  | "url_password"
  | "password";

/** What a message does in a conversation. */
export type DialogueAct = "question" | "proposal" | "objection" | "agreement" | "decision";

/** The words that decided an answer, and how sure it is: 0 to 1. */
export type Decided = { readonly matched: readonly string[]; readonly confidence: number };

/** A message as every answer of the API shows it. */
export type EnrichedMessage = Message & { readonly enrichment: Enrichment };
