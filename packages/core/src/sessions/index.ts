/** The language of sessions and conversations: a door of its own, so that what needs only these takes only these. */
export { rowOf as tallyRowOf } from "../analytics/counting.ts";
export { eventOf } from "../sources/session.ts";
export { changesOf, timeOf } from "./changes.ts";
export {
  type Citation,
  type CitationStatus,
  type CitationType,
  type CitingContext,
  citationsOf,
  isFinal,
  judged,
  verdictOf,
} from "./citations.ts";
export {
  COMPACT_MESSAGES_MIN,
  type CompactPlan,
  compactPlan,
  summaryOf,
} from "./compact.ts";
export {
  type Conversation,
  conversationFrom,
  type Generation,
  joinedConversations,
} from "./conversation.ts";
export {
  CATEGORIES,
  type Category,
  type ContextFields,
  EMOTIONS,
  type Emotion,
  type EventFields,
  type EventName,
  type Feeling,
  type Happened,
  type Moment,
  type Opening,
  SESSION_SOURCE,
  type SessionEvent,
  type Speaker,
  type Verdict,
} from "./event.ts";
export { encodeEvent, eventFrom, readEvent, sessionName } from "./event-schema.ts";
export { type SessionExport, sessionJson } from "./export-json.ts";
export { markdownAround, openSaid, sessionMarkdown } from "./export-markdown.ts";
export { type ExportOptions, type TherapistNote, TRANSCRIPT_MESSAGES } from "./export-parts.ts";
export { happenedIn } from "./happened.ts";
export { eventWithoutWords, type Hidden, isOfWords, openHidden } from "./hidden.ts";
export {
  type Journey,
  journeyOf,
  mostConfidentFirst,
  newestFirst as newestBreakthroughsFirst,
  type SessionStats,
  statsOf,
} from "./journey.ts";
export type {
  AddChange,
  Added,
  FieldChange,
  FieldKey,
  ListKey,
  SaidMessage,
  SessionChange,
} from "./kept.ts";
export {
  conversationKey,
  eventIdFor,
  keyOfEvent,
  messageName,
  type OpeningAsk,
  offeredEvent,
  openingOf,
  requestIdFor,
  sessionIdFor,
  sessionKey,
  sisterId,
} from "./keys.ts";
export { type Ledger, newLedger, stateOf, withChanges, withEvents } from "./ledger.ts";
export {
  type IsShown,
  type OpenedShown,
  openedBy,
  openedShown,
  openedWith,
  openingWith,
  sessionsIn,
  withoutExcerpts,
} from "./opened.ts";
export {
  type CitationFilter,
  type FoldedSession,
  HOT_SESSION_MESSAGES,
  type Paged,
  type PagedAsk,
  type SessionLibrary,
  type SessionName,
  type SessionPart,
  type SessionParts,
  type SessionSnapshot,
  type SessionStore,
  type WholeSession,
} from "./port.ts";
export {
  isSameSnapshot,
  isSnapshotDue,
  makeSnapshot,
  messagesIn,
  SNAPSHOT_MESSAGES,
  snapshotOf,
} from "./snapshot.ts";
export {
  isOffRecord,
  type Kept,
  type Member,
  type SessionState,
  STATE_LISTS,
  type StateList,
  shownMessages,
  stateFrom,
  TTL_DAYS,
} from "./state.ts";
export {
  idsIn,
  type KnownIds,
  ledgerOf,
  type StoredFields,
  type StoredMember,
  type StoredRemoval,
  type StoredSession,
  storedFrom,
} from "./stored.ts";
export {
  type Cited,
  citedBy,
  percentEncoded,
  URI_SCHEME,
  type UriKind,
  uriOf,
} from "./uri.ts";
export { HIDDEN, tallyWithout, withoutWords } from "./wordless.ts";
