/** What the API needs of the world; main.ts brings the real ones. */
import type {
  AuditLog,
  BusStatus,
  Entry,
  Intake,
  Jobs,
  KeyRing,
  Library,
  LiveFeed,
  Log,
  Numbers,
  ReportShelf,
  SegmentInfo,
  SettledReader,
  StoreProblems,
} from "@verbatim/core";
import type { CheckpointLibrary } from "@verbatim/core/checkpoints";
import type { ExportShelf } from "@verbatim/core/export";
import type { Retained, Sizes } from "@verbatim/core/keeping";
import type { QueueWatch } from "@verbatim/core/queue";
import type { SessionLibrary, SessionStore } from "@verbatim/core/sessions";
import type { AlertFiles } from "./alerts.ts";
import type { CheckpointsReport, NotFoundSource, ProcessState } from "./contract.ts";
import type { Forgets } from "./forgets/asked.ts";
import type { Sealing } from "./http/cookie.ts";
import type { TailPorts } from "./sessions/tail.ts";
import type { HomeSettings } from "./settings/port.ts";

export type ApiPorts = {
  readonly library: Library;
  /** The journal of this home, settled; throws what keeps it from being settled. */
  readonly settled: () => Promise<SettledReader>;
  readonly intake: Intake;
  /** One entry of the journal; null when it cannot be read now. */
  readonly entry: (seq: number) => Promise<Entry | null>;
  /** How far the journal is acknowledged, and its entries. */
  readonly heard: TailPorts["heard"];
  readonly entries: TailPorts["entries"];
  /** Sessions that are going on, and all there ever were. */
  readonly sessionStore: SessionStore;
  /** Days after which a session leaves Redis that does not say otherwise itself. */
  readonly hotDays: () => number;
  readonly sessionLibrary: SessionLibrary;
  readonly live: LiveFeed & { followers(): number };
  readonly jobs: Jobs;
  /** How the queues are doing. */
  readonly queues: QueueWatch;
  /** bull-board. */
  readonly board: Board;
  readonly numbers: Numbers;
  readonly reports: ReportShelf;
  readonly exports: ExportShelf;
  readonly checkpoints: CheckpointLibrary;
  /** Looks at every byte of them. */
  readonly survey: (
    onProgress: (done: number, total: number) => void,
  ) => Promise<CheckpointsReport>;
  /** The journal's files, the oldest first. */
  readonly segments: () => Promise<readonly SegmentInfo[]>;
  /** The domains of the taxonomy that holds. */
  readonly domains: () => Promise<readonly string[]>;
  /** What `up` says of the processes it runs; empty when there is none. */
  readonly processes: () => Promise<readonly ProcessState[]>;
  /** Where it looked for sources that are not there. */
  readonly notFound: () => Promise<readonly NotFoundSource[]>;
  /** What the workers say of the stores. */
  readonly stores: () => Promise<StoreProblems>;
  /** The rules of alerts, and what the workers last found. */
  readonly alerts: () => Promise<AlertFiles>;
  /** What retention would do now; throws `config_invalid` when its policy has a mistake. */
  readonly retention: () => Promise<Retained>;
  /** What lies under the home; looked at once a minute. */
  readonly sizes: () => Promise<Sizes>;
  /** What the bus last wrote of itself. */
  readonly bus: () => Promise<BusStatus | null>;
  /** The keys of this home. */
  readonly keys: KeyRing;
  /** What the owner of the home may set. */
  readonly settings: HomeSettings;
  /** What was asked to be forgotten. */
  readonly forgets: Forgets;
  /** What keys in cookies are sealed with. */
  readonly sealing: Sealing;
  /** The dashboard's files. */
  readonly pages: Pages;
  /** Who read what of whom. */
  readonly audit: AuditLog;
  readonly log: Log;
  readonly now: () => Date;
  /** A new name for a message that came without one; ascending in time. */
  readonly newId: () => string;
  readonly sha256: (data: Uint8Array | string) => string;
  /** Fires when the server stops: feeds end. */
  readonly stopping: AbortSignal;
};

/** What bull-board answers below its own address; null where it has nothing. */
type Board = {
  answer(ask: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly body: unknown;
  }): Promise<{
    readonly status: number;
    readonly type: string;
    readonly body: string | Uint8Array<ArrayBuffer>;
  } | null>;
};

/** The dashboard as it is served: its page, and what the page refers to. */
type Pages = {
  readonly page: () => Promise<PageFile>;
  readonly asset: (name: string) => Promise<PageFile | null>;
};
export type PageFile = {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
};

export type ApiSettings = {
  /** A key that opens everything, from the environment. */
  readonly key: string | null;
  /** The same, for our own commands on this machine. */
  readonly ownKey: string | null;
  /** Whether only this machine can reach us: then, as long as there is no key, it needs none. */
  readonly loopback: boolean;
  /** How much one key may ask; null is no bound. `local`: also who needs no key. */
  readonly rate: Rate | null;
  /** Looks are written down also where no key is needed. */
  readonly auditAll: boolean;
  /** Pages of these origins may ask, with a key. */
  readonly corsOrigins: readonly string[];
  /** URIs of citations and exports begin with it. */
  readonly uriScheme: string;
};

/** So many requests a second in the long run, so many at once. */
export type Rate = { readonly perS: number; readonly burst: number; readonly local: boolean };
