/** The language of the system: its nouns, its promises, its failures. */

// access: who may ask, and who has looked
export type { AuditEntry, AuditFilter } from "./access/audit.ts";
export { auditEntryOf, isAudited } from "./access/audit.ts";
export type { AccessKey, Scope } from "./access/keys.ts";
export {
  HOME_TENANT,
  type KeyShown,
  keyProblem,
  keysText,
  readKeys,
  SCOPES,
  shownKey,
  standingOfKey,
} from "./access/keys.ts";
export type { AuditLog, KeyRing } from "./access/port.ts";
export { apiSourceOf, isOf, OWNING_SOURCES } from "./access/whose.ts";
export { type AlertRuleAsk, withoutRule, withRule } from "./analytics/alert-editing.ts";
// analytics: numbers that add up
export { metricsText, NO_METRIC } from "./analytics/alert-metrics.ts";
export {
  type AlertRule,
  type AlertRules,
  type AlertWebhook,
  NO_RULES,
  readAlertRules,
} from "./analytics/alert-rules.ts";
export {
  type AlertEvent,
  type AlertLook,
  type AlertState,
  alertPeriods,
  alertStateOf,
  type Crossed,
  crossed,
  heldOn,
} from "./analytics/alerts.ts";
export {
  type ClassicScore,
  type ClassicScoring,
  classicScore,
  openClassicScoring,
} from "./analytics/classic.ts";
export {
  type Count,
  type Counter,
  count,
  KEYWORDS_COUNTED,
  openCounter,
  rowKeyOf,
  type Told,
} from "./analytics/counting.ts";
export { integerText, moneyText } from "./analytics/figures.ts";
export { partlyText } from "./analytics/findings.ts";
export { reportMarkdown } from "./analytics/markdown.ts";
export {
  type Counted,
  countedShare,
  type Numbers,
  type NumbersFilter,
  type OpenItem,
  type Reach,
  reachOf,
} from "./analytics/port.ts";
export { gather } from "./analytics/report.ts";
export type {
  Change,
  Report,
  ReportAsk,
  ReportOpenItem,
  ToolRow,
  UsageRow,
} from "./analytics/report-shape.ts";
export {
  SCORE_PARTS,
  type Score,
  type ScorePart,
  type ScorePartName,
  scoreOf,
} from "./analytics/score.ts";
export { mayCount, STANDINGS, type Standing, standingOf } from "./analytics/standing.ts";
export {
  type Adding,
  addTally,
  type Counts,
  GROUPS,
  type Group,
  type Tally,
  type TallyRow,
  tallySum,
} from "./analytics/tally.ts";
export { callNameOf, type Open, type Thread, threadKeyOf } from "./analytics/thread.ts";
export {
  type FinalStatus,
  GAP_MINUTES,
  type MessageLink,
  type ThreadOptions,
  type ThreadView,
  type ThreadWindow,
  threadsOf,
  WINDOW_MINUTES,
  type WindowOptions,
  windowsOf,
} from "./analytics/threads.ts";
export { usageNumbers } from "./analytics/usage-rows.ts";
export {
  type Hmac,
  type SignedWebhook,
  signedWebhook,
  webhookBody,
} from "./analytics/webhook.ts";

// bus: messages between agents
export { decodeFrames, encodeFrames, type Frames, openFrameEncoder } from "./bus/frames.ts";
export { BUS_SOURCE, fitsTopics, isPublished, type Published, type Way } from "./bus/record.ts";
export type { Recorder, RecorderPorts } from "./bus/recorder.ts";
export { openRecorder } from "./bus/recorder.ts";
export { replayed } from "./bus/replay.ts";
export type { Request } from "./bus/requests.ts";
export {
  answerFrame,
  endFrame,
  isEnveloped,
  replayedFrame,
  requestOf,
} from "./bus/requests.ts";
export type { BusStatus, Canary } from "./bus/status.ts";
export { busProblem, busStatusOf, busStatusSchema } from "./bus/status.ts";
export type { Window } from "./bus/window.ts";
export { openWindow, WINDOW_BYTES_MAX, WINDOW_MESSAGES } from "./bus/window.ts";
export type { ZmtpDecoder } from "./bus/zmtp.ts";
export { openZmtpDecoder, ZMTP_SUBSCRIPTION, zmtpHello } from "./bus/zmtp.ts";
export type {
  AsideRow,
  DeepStore,
  DeepTotals,
  Disagreement,
  Hit,
  HitPage,
  KnownRecord,
  Library,
  MessageFilter,
  Page,
  PageAsk,
  RepeatRow,
  SessionFilter,
  SessionSummary,
  Trace,
  Witness,
} from "./deep/port.ts";
// enrichment
export { type Enricher, enricherOf } from "./enrich/enricher.ts";
export { withoutSecrets } from "./enrich/secrets.ts";
export type { Domain, Taxonomy } from "./enrich/taxonomy.ts";
export { parseTaxonomy, readTaxonomy, STANDARD_TAXONOMY, taxonomyId } from "./enrich/taxonomy.ts";
export type { FailureCode } from "./errors.ts";
export { failureOf, invariant, isFailureCode, VerbatimError } from "./errors.ts";
export type { Cell, CellType, Column, Row } from "./export/row.ts";
export { COLUMNS, rowOf } from "./export/row.ts";
// follow: hearing files
export type { Batch } from "./follow/batch.ts";
export { FILE_SOURCES } from "./follow/cursors.ts";
export { keepingSettings, keptDays, type Uncaptured, uncapturedOf } from "./follow/deleting.ts";
export { type Hearer, type HearerPorts, openHearer, replay } from "./follow/hearer.ts";
export type { Heeded } from "./follow/hearing.ts";
export type { Imported } from "./follow/importing.ts";
export { importPaths, isFolderSource, newestFirst, whyNot } from "./follow/importing.ts";
export type {
  Checksum,
  Disk,
  FileSeen,
  Look,
  Note,
  OpenFile,
  Problem,
  Walk,
} from "./follow/port.ts";
export { rootedIn } from "./follow/roots.ts";
export type { HotFile, HotMessage, HotStep, HotStretch } from "./hot/digest.ts";
export { hotStretchOf, refOf } from "./hot/digest.ts";
// hot, deep, queue, intake: ports
export type { HotStore, LiveEvent, LiveFeed } from "./hot/port.ts";
// intake: handing records over a socket
export type { Desk } from "./intake/desk.ts";
export { openDesk, refusalOf } from "./intake/desk.ts";
export {
  encodeControl,
  encodeGoodbye,
  encodeOffered,
  encodeReceipts,
  encodeReply,
} from "./intake/encode.ts";
export type { FromClient, FromServer } from "./intake/frames.ts";
export { decodeAnswers, decodeRequests, openDecoder } from "./intake/frames.ts";
export type { Digest, Names } from "./intake/names.ts";
export { namesFrom, ONCE_REMEMBERED } from "./intake/names.ts";
export type {
  Control,
  IngestStatus,
  Intake,
  Offered,
  Receipt,
  SourceStatus,
} from "./intake/port.ts";
export { noteNames, rememberNames } from "./intake/remember.ts";
export { controlOf, heardOf, replyOf, rotatedOf, statusOf } from "./intake/replies.ts";
// journal
export type { Crc32, EntryHead, Found, Head, Seal, SyncedMark } from "./journal/entry.ts";
export { encodeEntries, encodeMark, findAt, headOf, roomFor } from "./journal/entry.ts";
export type { Journal, JournalReader, SegmentInfo, Stretch } from "./journal/port.ts";
export { ARCHIVE_FOLDER, archiveName, CURRENT_SEGMENT, dayOf, isFull } from "./journal/segment.ts";
// limits and names
export {
  COMMIT_BYTES_MAX,
  HOT_MESSAGES,
  KEY_BYTES_MAX,
  PAGE_MAX,
  PENDING_BYTES_MAX,
  POST_MESSAGES_MAX,
  RAW_BYTES_MAX,
  SEGMENT_BYTES_MAX,
  SOURCE_BYTES_MAX,
  STRETCH_BYTES_MAX,
  STRETCH_ENTRIES_MAX,
} from "./limits.ts";
export type { Facts, Log } from "./log.ts";
// messages
export { type Entry, type FileKey, fileKey, fileKeyOf, type Heard } from "./message/heard.ts";
export type {
  Decided,
  DialogueAct,
  EnrichedMessage,
  Enrichment,
  Message,
  Part,
  Role,
  Secret,
  SecretKind,
  Usage,
} from "./message/message.ts";
// settle: parsers and enrichment
export { msOf, utcOf } from "./message/time.ts";
export type { QueueName } from "./names.ts";
export {
  conversationsKey,
  FILES,
  KEYS,
  QUEUES,
  queuePrefix,
  type SessionKeyName,
  sessionKeys,
  sessionMember,
  sessionOfMember,
  userSessionsKey,
} from "./names.ts";
export type {
  Chores,
  Hint,
  Hints,
  ImportJob,
  ImportProgress,
  JobRow,
  JobState,
  Jobs,
  QueueCounts,
  ReportJob,
  ReportMade,
} from "./queue/port.ts";
export { type AlertsNote, alertsNoteOf, NO_ALERTS } from "./reports/alerts-note.ts";
export { isReportId, newestReportFirst, reportIdOf } from "./reports/names.ts";
export type { Kept, ReportFormat, ReportShelf } from "./reports/port.ts";
export type { Result } from "./result.ts";
export { no, yes } from "./result.ts";
// search
export type { Place } from "./search/postings.ts";
export { inAll, packPlaces, SEGMENT_SEQS, segmentOf, unpackPlaces } from "./search/postings.ts";
export type { Query } from "./search/query.ts";
export { fits, queryOf } from "./search/query.ts";
export { snippetOf } from "./search/snippet.ts";
export type { Facet } from "./search/terms.ts";
export { facetTerm, INDEXED_CHARS_MAX, messageTerms, termsOf } from "./search/terms.ts";
export type { Settle, Settled, SettledReader, Sha256, Taken } from "./settle/port.ts";
export { openSettledReader } from "./settle/reader.ts";
export { openRecent } from "./settle/recent.ts";
export { makeSettle, openSettling } from "./settle/settle.ts";
export type { Item } from "./sources/api.ts";
export { itemSchema } from "./sources/api.ts";
export { busMessageId, CANARY_TOPIC } from "./sources/bus.ts";
export { cutLines } from "./sources/lines.ts";
export { parse } from "./sources/parse.ts";
export { SNIFF_BYTES_MAX, sniffSource } from "./sources/sniff.ts";
// wire
export { cursorOf, placeOf } from "./wire/cursor.ts";
export { nestingOf, sliceField, sliceItems } from "./wire/slice.ts";
export type { Sum } from "./wire/status.ts";
export { sumOf } from "./wire/status.ts";
export type { StoreName, StoreProblems } from "./wire/stores.ts";
export { storeProblemsOf } from "./wire/stores.ts";
