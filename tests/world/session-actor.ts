/**
 * A user of sessions: does things by chance, says each of them again with the
 * same ids until it is acknowledged, and notes in the model what then must hold.
 */
import { type ModelSession, modelSession, wordsOf } from "./session-model.ts";
import { until } from "./system.ts";

/** A machine that is busy, and servers that are killed; far above what it takes. */
const ACKNOWLEDGED_MS_MAX = 90_000;
const GIVEN_UP_MS = 10_000;
/** Fewer messages are not compacted. */
const COMPACTED_MIN = 3;

type Fields = Readonly<Record<string, unknown>>;
type Acknowledged = { readonly body: Fields; readonly tries: number };

export type Actor = {
  readonly user: string;
  readonly url: string;
  readonly random: () => number;
  readonly sessions: ModelSession[];
  /** Of its one conversation; 0 before it was resolved. */
  generation: number;
  current: ModelSession | null;
  done: number;
};

export function actorOf(url: string, user: string, random: () => number): Actor {
  return { user, url, random, sessions: [], generation: 0, current: null, done: 0 };
}

/** Asks until it is acknowledged; any refusal is a fault. */
async function acknowledged(
  { url, user, done }: Actor,
  method: string,
  path: string,
  body?: object,
): Promise<Acknowledged> {
  let tries = 0;
  let answer: Fields = {};
  let last = "";
  await until(
    `${user} ${method} ${path} is acknowledged`,
    ACKNOWLEDGED_MS_MAX,
    async () => {
      tries += 1;
      const given = await fetch(url + path, {
        method,
        headers: { "content-type": "application/json", "idempotency-key": `${user}-${done}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(GIVEN_UP_MS),
      });
      last = `${given.status} ${await given.text()}`;
      if (given.ok) answer = Object(JSON.parse(last.slice(4)));
      return given.ok;
    },
    () => `${JSON.stringify(body)} last: ${last}`,
  );
  return { body: answer, tries };
}

const EMOTIONS = ["happy", "frustrated", "anxious", "curious", "exploring"] as const;
const FIELDS = ["current_theme", "therapeutic_focus", "client_state_summary", "session_notes"];

/** One thing, chosen by chance. */
export async function act(actor: Actor): Promise<void> {
  const session = await theSession(actor);
  const chance = Math.floor(actor.random() * 100);
  const [, doIt] = ACTS.find(([below]) => chance < below) ?? [100, append];
  await doIt(actor, session);
  actor.done += 1;
}

async function theSession(actor: Actor): Promise<ModelSession> {
  const older = actor.sessions[Math.floor(actor.random() * actor.sessions.length)];
  if (older !== undefined && actor.random() < 0.3) return older;
  if (actor.current !== null) return actor.current;
  const { body } = await acknowledged(actor, "POST", talk(actor, "resolve"), {
    user_id: actor.user,
  });
  actor.generation = 1;
  actor.done += 1;
  return moveTo(actor, body);
}

function moveTo(actor: Actor, { session_id }: Fields): ModelSession {
  const session = modelSession(actor.user, String(session_id));
  actor.sessions.push(session);
  actor.current = session;
  return session;
}

function talk({ user }: Actor, verb: string): string {
  return `/v1/conversations/${encodeURIComponent(`telegram:${user}/ä`)}/${verb}`;
}

/** The path of a session. */
export function pathOf({ user, session_id }: ModelSession): string {
  return `/v1/users/${encodeURIComponent(user)}/sessions/${encodeURIComponent(session_id)}`;
}

type Act = (actor: Actor, session: ModelSession) => Promise<void>;

async function say(
  actor: Actor,
  session: ModelSession,
  path: string,
  body: object,
): Promise<Fields> {
  const given = await acknowledged(actor, "POST", pathOf(session) + path, body);
  const { citation_id } = given.body;
  if (typeof citation_id === "string") session.cited.add(citation_id);
  return given.body;
}

const append: Act = async (actor, session) => {
  const role = actor.random() < 0.5 ? "user" : "assistant";
  const message_id = `m-${actor.done}`;
  const content = `${message_id} of ${actor.user} <b> | ¶\n# word`;
  await say(actor, session, "/messages", { message_id, role, content });
  session.said = [...session.said, { message_id, role, content, model: null }];
  session.isClosed = false;
};

const feel: Act = async (actor, session) => {
  const emotion = EMOTIONS[Math.floor(actor.random() * EMOTIONS.length)] ?? "happy";
  const felt = { emotion, intensity: Math.round(actor.random() * 10) / 10, confidence: 0.7 };
  await say(actor, session, "/emotion", felt);
  session.felt.push(felt);
  session.isClosed = false;
};

const reach: Act = async (actor, session) => {
  const description = `reached ${actor.done}`;
  await say(actor, session, "/milestones", { description });
  session.milestones.push({ description, emotion: session.felt.at(-1)?.emotion ?? "neutral" });
  session.isClosed = false;
};

const understand: Act = async (actor, session) => {
  const one = { insight: `understood ${actor.done}`, confidence: 0.5 };
  await say(actor, session, "/breakthroughs", one);
  session.breakthroughs.push(one);
  session.isClosed = false;
};

const note: Act = async (actor, session) => {
  const field = FIELDS[Math.floor(actor.random() * FIELDS.length)] ?? "current_theme";
  const value = actor.random() < 0.3 ? null : `about ${actor.done}`;
  await say(actor, session, "/context", { [field]: value });
  session.context[field] = value;
  session.isClosed = false;
};

const change: Act = async (actor, session) => {
  const model = `model-${actor.done}`;
  await say(actor, session, "/model", { model });
  session.model = model;
  session.isClosed = false;
};

const close: Act = async (actor, session) => {
  await say(actor, session, "/close", {});
  session.isClosed = true;
};

const resume: Act = async (actor, session) => {
  await say(actor, session, "/resume", {});
  session.isClosed = false;
};

const remove: Act = async (actor, session) => {
  const words = wordsOf(session);
  const chosen = words[Math.floor(actor.random() * words.length)];
  if (chosen === undefined) return await append(actor, session);
  const path = `${pathOf(session)}/messages/${chosen.message_id}`;
  await acknowledged(actor, "DELETE", path);
  session.deleted.add(chosen.message_id);
};

const fork: Act = async (actor, session) => {
  const words = wordsOf(session);
  const chosen = words[Math.floor(actor.random() * words.length)];
  if (chosen === undefined) return await append(actor, session);
  const session_id = `fork-${actor.done}`;
  const path = `${pathOf(session)}/fork`;
  const { body } = await acknowledged(actor, "POST", path, { at: chosen.message_id, session_id });
  const { seq } = Object(body["forked_from"]);
  const forked = modelSession(actor.user, session_id, { session_id: session.session_id, seq });
  const upTo = session.said.indexOf(chosen) + 1;
  forked.before = [...session.before, { of: session, said: session.said.slice(0, upTo) }];
  forked.model = session.model;
  actor.sessions.push(forked);
};

/**
 * Clears or compacts: once, however often it is asked before it is acknowledged,
 * and whatever was killed meanwhile.
 */
const moveOn: Act = async (actor) => {
  const { current, generation } = actor;
  if (current === null) return;
  const isCompact = wordsOf(current).length >= COMPACTED_MIN && actor.random() < 0.5;
  const ask = { user_id: actor.user, ...(isCompact ? { summary: `so far ${actor.done}` } : {}) };
  const verb = isCompact ? "compact" : "clear";
  const { body } = await acknowledged(actor, "POST", talk(actor, verb), ask);
  if (body["generation"] !== generation + 1 || body["previous_session_id"] !== current.session_id)
    throw new Error(`${verb}: ${JSON.stringify(body)} after ${generation} ${current.session_id}`);
  actor.done += 1;
  const user = encodeURIComponent(actor.user);
  const shown = await acknowledged(actor, "GET", `${talk(actor, "").slice(0, -1)}?user=${user}`);
  if (shown.body["session_id"] !== body["session_id"])
    throw new Error(`${JSON.stringify(shown.body)} after ${JSON.stringify(body)}`);
  actor.generation = generation + 1;
  const next = moveTo(actor, body);
  // What goes on in a shorter session goes on with its model.
  if (isCompact) next.model = current.model;
};

/** Each below its share of a hundred. */
const ACTS: readonly (readonly [number, Act])[] = [
  [40, append],
  [52, feel],
  [60, reach],
  [67, understand],
  [75, note],
  [80, change],
  [84, close],
  [88, resume],
  [93, remove],
  [96, fork],
  [100, moveOn],
];
