/**
 * An API of fakes in which three users have something of everything: two of this
 * home, and one of another tenant who has the same name. Whatever one of them
 * said holds a marker of his own, so that it is known where it turns up.
 */
import { randomUUID } from "node:crypto";
import { type AccessKey, type EnrichedMessage, isOf, SCOPES } from "@verbatim/core";
import { aCheckpoint } from "./checkpoints.ts";
import { type Fake, fakeMessages, fakePorts } from "./ports.ts";
import { appOf, jsonOf, post } from "./requests.ts";

/** Who asks; null is a key that opens everything. */
export type Owner = {
  readonly token: string;
  readonly marker: string;
  readonly user: string | null;
};

export const OWNERS: readonly Owner[] = [
  { token: "key-of-ada", marker: "words-that-ada-said", user: "ada" },
  { token: "key-of-bob", marker: "words-that-bob-said", user: "bob" },
  { token: "key-of-acme", marker: "words-that-acme-said", user: "acme/ada" },
  { token: "key-of-all", marker: "words-that-all-said", user: null },
];

export type FuzzWorld = {
  readonly app: ReturnType<typeof appOf>;
  readonly fake: Fake;
  /** Ids of citations by the names they have in questions. */
  readonly cited: ReadonlyMap<string, string>;
  /** The last that an answer gave. */
  readonly cursor: { last: string };
};

function keyOf({ token, user }: Owner): AccessKey {
  return {
    name: token,
    sha256: "",
    tenant: user?.startsWith("acme/") === true ? "acme" : "default",
    owner: user,
    scopes: user === null ? SCOPES : ["read", "ingest"],
    created_at: "",
    expires_at: null,
    revoked_at: null,
  };
}

/** As it is kept, opening nothing here. */
const A_KEY: AccessKey = {
  ...keyOf({ token: "kept", marker: "", user: null }),
  created_at: "2026-01-01T00:00:00.000Z",
};

const LIBRARY_MESSAGES: readonly EnrichedMessage[] = fakeMessages(9).map((one, at) => {
  const { marker, user } = OWNERS[at % 3] ?? { marker: "", user: "" };
  const session_id = at < 3 ? "s-1" : `s-${marker}`;
  return { ...one, source: "api", text: marker, session_id, meta: { user_id: user } };
});

const REPORT = {
  json: JSON.stringify({
    timestamp: "2026-01-01T00:00:00.000Z",
    total_messages: 1,
    collaboration_score: 50,
    asked: {},
  }),
  md: "# A report",
};

/** The users with their sessions; nothing is away yet. */
export async function fuzzWorld(): Promise<FuzzWorld> {
  const fake = fakePorts();
  for (const owner of OWNERS) fake.keys.set(owner.token, keyOf(owner));
  fake.reports.set("analytics_report_20260101_000000", REPORT);
  fake.checkpoints.push(aCheckpoint(1));
  fake.settings.made.push(...["ada", "bob", "nobody"].map((name) => ({ ...A_KEY, name })));
  const rules = ["ada", "bob", "nobody"].map((name) => ({ name, metric: "asides", above: 1 }));
  fake.settings.file.rules = JSON.stringify({ rules });
  fake.events.splice(
    0,
    fake.events.length,
    ...LIBRARY_MESSAGES.map((message) => ({ kind: "message", message }) as const),
  );
  let seconds = 0;
  const now = (): Date => {
    seconds += 1;
    return new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
  };
  const library = ownLibrary(fake.ports.library);
  const app = appOf({ ...fake.ports, library, newId: randomUUID, now });
  const cited = new Map<string, string>();
  for (const owner of OWNERS) if (owner.user !== null) await tellOf(app, owner, owner.user, cited);
  return { app, fake, cited, cursor: { last: "none" } };
}

/** Everything that can be said, said once; a secret session and conversation too, whose names nobody else knows. */
async function tellOf(
  app: FuzzWorld["app"],
  { token, marker }: Owner,
  user: string,
  cited: Map<string, string>,
): Promise<void> {
  const tell = async (path: string, body: object) => {
    const answer = await app.request(path, post(body, { authorization: `Bearer ${token}` }));
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await jsonOf<{ readonly citation_id?: string }>(answer);
  };
  const mine = `/v1/users/${encodeURIComponent(user)}/sessions`;
  await tell(mine, { session_id: marker });
  await tell(mine, { session_id: "s:1", model: marker });
  for (const message_id of ["m-1", "m-2"])
    await tell(`${mine}/s%3A1/messages`, { role: "user", content: marker, message_id });
  const { citation_id } = await tell(`${mine}/s%3A1/emotion`, {
    emotion: "anxious",
    evidence: [marker],
  });
  cited.set(`${user}-cited`, citation_id ?? "");
  await tell(`${mine}/s%3A1/milestones`, { description: marker });
  await tell(`${mine}/s%3A1/breakthroughs`, { insight: marker });
  await tell(`${mine}/s%3A1/context`, { current_theme: marker, client_state_summary: marker });
  for (const id of ["c%2F1", marker])
    await tell(`/v1/conversations/${id}/resolve`, { channel: marker });
}

/** A library that does with `whose` what the deep store does. */
function ownLibrary(library: Fake["ports"]["library"]): Fake["ports"]["library"] {
  const seen = (whose: string | undefined) =>
    LIBRARY_MESSAGES.filter((one) => whose === undefined || isOf(one, whose));
  const sessionOf = async (id: string) => {
    const one = await library.session("s-1");
    return one === null ? null : { ...one, session_id: id };
  };
  return {
    ...library,
    messages: async ({ whose, session }, page) => {
      await library.totals();
      const rows = seen(whose).filter((one) => session === undefined || one.session_id === session);
      return { rows: rows.slice(0, page.limit), next: null };
    },
    search: async (_, { whose }) => {
      await library.totals();
      const rows = seen(whose).map((message) => ({
        message,
        snippet: { text: message.text, marks: [] },
      }));
      return { rows, next: null, count: rows.length, count_capped: false };
    },
    sessions: async ({ whose }) => {
      const shown = await Promise.all(
        seen(whose).map(async ({ session_id }) => await sessionOf(session_id)),
      );
      return { rows: shown.filter((one) => one !== null), next: null };
    },
    session: async (id, whose) =>
      seen(whose).some(({ session_id }) => session_id === id) ? await sessionOf(id) : null,
  };
}
