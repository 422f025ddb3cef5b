/** The part of the wire (wire.ts) that chat servers use: conversations, sessions, citations. */
import type {
  BreakthroughListing,
  CitationAnswer,
  CitationListing,
  CompactAnswer,
  ContextAnswer,
  ContextAsk,
  ConversationListing,
  ConversationView,
  EmotionAnswer,
  EmotionListing,
  HistoryAnswer,
  JourneyAnswer,
  MilestoneListing,
  MoveAnswer,
  NoteListing,
  RecordedAnswer,
  ResolveAnswer,
  ResumeAnswer,
  SaidAnswer,
  SessionView,
  StartedAnswer,
  StatsAnswer,
  UnstoredAnswer,
  UserSessionListing,
} from "@verbatim/api/contract-sessions";
import type {
  Category,
  CitationStatus,
  CitationType,
  Emotion,
  SessionExport,
  Speaker,
  Verdict,
} from "@verbatim/core/sessions";

/** How listings are paged. */
export type PageQuery = {
  /** Rows of a page, at most 500. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before, with the same filter. */
  readonly cursor?: string | undefined;
};
type OfUser = { readonly user_id?: string | undefined };

type ResolveAsk = OfUser & { readonly channel?: string | undefined };
type SetAsk = ResolveAsk & { readonly session_id: string };
type MoveAsk = OfUser & {
  /** What the next session is to know. */
  readonly summary?: string | undefined;
};
type StartAsk = {
  /** Of your own: starting it again is harmless. */
  readonly session_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly model?: string | undefined;
  readonly ttl_days?: number | undefined;
};
/** How strong and how sure: from 0 to 1. */
type FeelingAsk = {
  readonly emotion: Emotion;
  readonly intensity?: number | undefined;
  readonly confidence?: number | undefined;
};
/** Something said. */
export type SessionMessage = {
  /** Of your own: saying it again is harmless. */
  readonly message_id?: string | undefined;
  readonly role: Speaker;
  readonly content: string;
  readonly model?: string | undefined;
  readonly tokens?: number | undefined;
  readonly emotion?: FeelingAsk | undefined;
  readonly parent_message_id?: string | undefined;
  readonly is_breakthrough?: boolean | undefined;
  /** What was understood: makes it a breakthrough. */
  readonly insight?: string | undefined;
  /** True: nothing of it is stored. */
  readonly off_record?: boolean | undefined;
};
type EmotionAsk = FeelingAsk & { readonly evidence?: readonly string[] | undefined };
type MilestoneAsk = {
  readonly description: string;
  readonly emotion?: Emotion | undefined;
  readonly model?: string | undefined;
};
type BreakthroughAsk = {
  readonly insight: string;
  readonly category?: Category | undefined;
  readonly confidence?: number | undefined;
  readonly trigger_message_id?: string | undefined;
};
type ForkAsk = {
  /** The last message the fork has: its seq, or its message_id. */
  readonly at: number | string;
  readonly session_id?: string | undefined;
  readonly model?: string | undefined;
};
type JudgeAsk = { readonly status: Verdict; readonly why?: string | undefined };
type CitationsQuery = PageQuery & {
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  readonly type?: CitationType | undefined;
  readonly status?: CitationStatus | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};
type HistoryQuery = PageQuery & { readonly order?: "asc" | "desc" | undefined };
export type ExportQuery = {
  readonly transcript?: "last50" | "all" | "none" | undefined;
  readonly audience?: "client" | "therapist" | undefined;
};
type UserQuery = { readonly user?: string | undefined };

type ConversationWire = {
  readonly "POST /v1/conversations/{id}/resolve": {
    readonly body: ResolveAsk;
    readonly answer: ResolveAnswer;
  };
  readonly "GET /v1/conversations": {
    readonly query: PageQuery & UserQuery;
    readonly answer: ConversationListing;
  };
  readonly "GET /v1/conversations/{id}": {
    readonly query: UserQuery;
    readonly answer: ConversationView;
  };
  readonly "PUT /v1/conversations/{id}": {
    readonly body: SetAsk;
    readonly answer: ConversationView;
  };
  readonly "DELETE /v1/conversations/{id}": { readonly query: UserQuery; readonly answer: null };
  readonly "POST /v1/conversations/{id}/clear": {
    readonly body: MoveAsk;
    readonly answer: MoveAnswer;
  };
  readonly "POST /v1/conversations/{id}/compact": {
    readonly body: MoveAsk;
    readonly answer: CompactAnswer;
  };
};

type OneSessionWire = {
  readonly "GET /v1/users/{user}/sessions/{session}": { readonly answer: SessionView };
  readonly "POST /v1/users/{user}/sessions/{session}/resume": { readonly answer: ResumeAnswer };
  readonly "POST /v1/users/{user}/sessions/{session}/close": { readonly answer: RecordedAnswer };
  readonly "POST /v1/users/{user}/sessions/{session}/messages": {
    readonly body: SessionMessage | { readonly messages: readonly SessionMessage[] };
    readonly answer: RecordedAnswer | UnstoredAnswer | SaidAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/messages": {
    readonly query: HistoryQuery;
    readonly answer: HistoryAnswer;
  };
  readonly "DELETE /v1/users/{user}/sessions/{session}/messages/{message}": {
    readonly answer: RecordedAnswer;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/emotion": {
    readonly body: EmotionAsk;
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/emotion": { readonly answer: EmotionAnswer };
  readonly "GET /v1/users/{user}/sessions/{session}/emotion/history": {
    readonly query: PageQuery;
    readonly answer: EmotionListing;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/milestones": {
    readonly body: MilestoneAsk;
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/milestones": {
    readonly query: PageQuery;
    readonly answer: MilestoneListing;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/breakthroughs": {
    readonly body: BreakthroughAsk;
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/breakthroughs": {
    readonly query: PageQuery & { readonly order?: "confidence" | "newest" | undefined };
    readonly answer: BreakthroughListing;
  };
  readonly "PATCH /v1/users/{user}/sessions/{session}/context": {
    readonly body: ContextAsk;
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/context": { readonly answer: ContextAnswer };
  readonly "POST /v1/users/{user}/sessions/{session}/model": {
    readonly body: { readonly model: string };
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/fork": {
    readonly body: ForkAsk;
    readonly answer: StartedAnswer;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/notes": {
    readonly body: { readonly text: string };
    readonly answer: RecordedAnswer | UnstoredAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/notes": {
    readonly query: PageQuery;
    readonly answer: NoteListing;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/off-record": {
    readonly body: { readonly on: boolean };
    readonly answer: RecordedAnswer;
  };
  readonly "POST /v1/users/{user}/sessions/{session}/ttl": {
    readonly body: { readonly ttl_days: number };
    readonly answer: RecordedAnswer;
  };
  readonly "GET /v1/users/{user}/sessions/{session}/stats": { readonly answer: StatsAnswer };
  readonly "GET /v1/users/{user}/sessions/{session}/journey": { readonly answer: JourneyAnswer };
  readonly "GET /v1/users/{user}/sessions/{session}/export": {
    readonly query: ExportQuery & { readonly format: "md" | "json" };
    readonly answer: string | SessionExport;
  };
};

export type SessionWire = ConversationWire &
  OneSessionWire & {
    readonly "POST /v1/users/{user}/sessions": {
      readonly body: StartAsk;
      readonly answer: StartedAnswer;
    };
    readonly "GET /v1/users/{user}/sessions": {
      readonly query: PageQuery;
      readonly answer: UserSessionListing;
    };
    readonly "GET /v1/citations": {
      readonly query: CitationsQuery;
      readonly answer: CitationListing;
    };
    readonly "GET /v1/citations/{id}": { readonly answer: CitationAnswer };
    readonly "POST /v1/citations/{id}/judge": {
      readonly body: JudgeAsk;
      readonly answer: RecordedAnswer;
    };
  };
