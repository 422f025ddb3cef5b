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
  SettledReader,
  StoreProblems,
} from "@verbatim/core";
import type { SessionLibrary, SessionStore } from "@verbatim/core/sessions";
import type { AlertFiles } from "./alerts.ts";
import type { ProcessState } from "./contract.ts";

export type ApiPorts = {
  readonly library: Library;
  /** The journal of this home, settled; throws what keeps it from being settled. */
  readonly settled: () => Promise<SettledReader>;
  readonly intake: Intake;
  /** One entry of the journal; null when it cannot be read now. */
  readonly entry: (seq: number) => Promise<Entry | null>;
  /** Sessions that are going on, and all there ever were. */
  readonly sessionStore: SessionStore;
  readonly sessionLibrary: SessionLibrary;
  readonly live: LiveFeed & { followers(): number };
  readonly jobs: Jobs;
  readonly numbers: Numbers;
  readonly reports: ReportShelf;
  /** The domains of the taxonomy that holds. */
  readonly domains: () => Promise<readonly string[]>;
  /** What `up` says of the processes it runs; empty when there is none. */
  readonly processes: () => Promise<readonly ProcessState[]>;
  /** What the workers say of the stores. */
  readonly stores: () => Promise<StoreProblems>;
  /** The rules of alerts, and what the workers last found. */
  readonly alerts: () => Promise<AlertFiles>;
  /** What the bus last wrote of itself. */
  readonly bus: () => Promise<BusStatus | null>;
  /** The keys of this home. */
  readonly keys: KeyRing;
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
};

/** So many requests a second in the long run, so many at once. */
export type Rate = { readonly perS: number; readonly burst: number; readonly local: boolean };
