/**
 * What was asked to be forgotten: asked for here, done by the workers, and gone
 * from every answer in between.
 *
 *   A16  From the moment it is acknowledged, nothing that was asked to be
 *        forgotten is in any answer, also while stores still hold it, and also
 *        after a restart.
 */
import { apiSourceOf, type Intake, type Sha256, VerbatimError } from "@verbatim/core";
import {
  type ForgetWhat,
  type Hidden,
  hidden,
  newReceipt,
  offeredForget,
  type Receipt,
  wrongWith,
} from "@verbatim/core/forget";

/** Something that may be gone: whose it is, and where it stands. */
export type Standing = {
  readonly seq: number;
  readonly session_id?: string | undefined;
  readonly user_id?: string | null | undefined;
  readonly conversation_id?: string | null | undefined;
  readonly source?: string | undefined;
  /** Its id; what is no message has none. */
  readonly message_id?: string | undefined;
};

export interface Forgets {
  /** Asks for it; when it resolves it is in the journal. */
  ask(what: ForgetWhat, reason: string | undefined): Promise<Receipt>;
  /** Newest first. */
  list(): Promise<readonly Receipt[]>;
  read(id: string): Promise<Receipt>;
  /** Whether this was to be forgotten (A16). */
  isGone(one: Standing): boolean;
  /** Whether anything of a session might be: then it is looked at more closely. */
  isAnyPending(): boolean;
}

type Ports = {
  readonly intake: Pick<Intake, "hand">;
  readonly sha256: Sha256;
  readonly now: () => Date;
  /** The sessions of a conversation, as far as anybody knows them now. */
  readonly sessionsOf: (owner: string, conversation_id: string) => Promise<readonly string[]>;
  readonly receipts: {
    list(): Promise<readonly Receipt[]>;
    read(id: string): Promise<Receipt | null>;
    save(receipt: Receipt): Promise<void>;
  };
};

/** Reads of digests kept: a page of messages is of few sessions. */
const KNOWN_MAX = 10_000;

/** Other programs end a forget, or find one that only the journal has. */
const LOOK_MS = 2000;

/** Opens it over the receipts there were at the start. */
export function openForgets(ports: Ports, atStart: readonly Receipt[]): Forgets {
  const { receipts, intake, sha256, now } = ports;
  let all = atStart;
  let looked = now().getTime();
  const known = new Map<string, string>();

  const digestOf = (text: string): string => {
    const found = known.get(text) ?? sha256(text);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(text, found);
    return found;
  };
  const refreshed = async (): Promise<readonly Receipt[]> => {
    looked = now().getTime();
    const found = await receipts.list();
    const ids = new Set(found.map(({ receipt_id }) => receipt_id));
    all = [...all.filter(({ receipt_id }) => !ids.has(receipt_id)), ...found];
    return all;
  };
  const lookNow = (): void => {
    if (now().getTime() - looked > LOOK_MS) void refreshed().catch(() => undefined);
  };

  return {
    ask: async (what, reason) => {
      const wrong = wrongWith(what);
      if (wrong !== null) throw new VerbatimError("input_invalid", wrong);
      const { user_id, conversation_id } = what;
      const sessions =
        user_id === undefined || conversation_id === undefined
          ? []
          : await ports.sessionsOf(user_id, conversation_id);
      const said = {
        receipt_id: crypto.randomUUID(),
        what: hidden(what, sha256, sessions),
        reason: reason ?? null,
      };
      const [told] = await intake.hand([offeredForget(said)]);
      if (told === undefined || told.status === "refused")
        throw new VerbatimError(
          "ingest_unreachable",
          told?.message ?? "the recorder gave no receipt",
        );
      const receipt = newReceipt(said, { seq: told.seq, at: now().toISOString() });
      all = [receipt, ...all];
      // The workers find it in the journal too: without the file it only takes them longer.
      await receipts.save(receipt).catch(() => undefined);
      return receipt;
    },
    list: refreshed,
    read: async (id) => {
      const found = await receipts.read(id);
      if (found !== null) return found;
      throw new VerbatimError("not_found", `there is no receipt ${id}; GET /v1/forgets lists them`);
    },
    isGone: (one) => {
      lookNow();
      return all.some(({ seq, what }) => one.seq < seq && isMeant(one, what, digestOf));
    },
    isAnyPending: () => all.some(({ state }) => state === "pending"),
  };
}

function isMeant(one: Standing, what: Hidden, digestOf: (text: string) => string): boolean {
  // Nobody asked for old files to be hidden at once: they are there until they are erased.
  if (what.files_sha256 !== undefined) return false;
  const is = (text: string | null | undefined, digest: string | undefined): boolean =>
    digest === undefined || (text != null && digestOf(text) === digest);
  return (
    is(one.session_id, what.session_sha256) &&
    is(one.message_id, what.message_sha256) &&
    isOfConversation(one, what, digestOf) &&
    (is(one.user_id, what.user_sha256) || isOfKeyOf(one.source, what))
  );
}

/** By its name, or said in a session of it. */
function isOfConversation(
  { conversation_id, session_id }: Standing,
  { conversation_sha256, sessions_sha256 = [] }: Hidden,
  digestOf: (text: string) => string,
): boolean {
  if (conversation_sha256 === undefined) return true;
  if (conversation_id != null && digestOf(conversation_id) === conversation_sha256) return true;
  return session_id !== undefined && sessions_sha256.includes(digestOf(session_id));
}

/** What a key of one user sent is of a source named by that user's digest. */
function isOfKeyOf(source: string | undefined, what: Hidden): boolean {
  const { user_sha256 } = what;
  return user_sha256 !== undefined && source === apiSourceOf("", () => user_sha256);
}
