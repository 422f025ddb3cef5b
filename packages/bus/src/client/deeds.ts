/** What `verbatim bus` can do on the bus, written against its clients; lines go out as they come. */
import type { Frames } from "@verbatim/core";

export type Deed =
  | {
      readonly do: "send";
      readonly topic: string;
      /** Null reads stdin. */
      readonly message: string | null;
      readonly id: string | null;
      /** Publish on 5555 and wait for nobody. */
      readonly plain: boolean;
      readonly json: boolean;
    }
  | {
      readonly do: "listen";
      readonly topics: readonly string[];
      readonly count: number | null;
      readonly json: boolean;
    }
  | {
      readonly do: "replay";
      readonly topic: string;
      readonly after: number;
      readonly follow: boolean;
      readonly json: boolean;
    }
  | { readonly do: "keys"; readonly name: string | null; readonly json: boolean };

type Asker = {
  ask(frames: Frames): Promise<void>;
  answer(ms: number): Promise<Frames>;
  close(): void;
};
type Pair = { readonly publicKey: string; readonly secretKey: string };

export type ClientWorld = {
  readonly voice: () => Promise<{
    publish(frames: Frames, ms: number): Promise<void>;
    close(): void;
  }>;
  readonly asker: () => Promise<Asker>;
  readonly ear: (topics: readonly string[]) => Promise<AsyncIterable<Frames> & { close(): void }>;
  readonly stdin: () => Frames;
  readonly serverKey: () => Promise<string>;
  readonly newKey: (name: string) => Promise<Pair>;
  readonly allowed: () => Promise<ReadonlyMap<string, string>>;
  readonly out: (line: string) => void;
  readonly signal: AbortSignal;
};

/** A bus that is there answers at once; one that syncs to a slow disk in seconds. */
const ANSWER_MS = 10_000;
/** A replay out of a large journal may look for long before it finds something. */
const REPLAY_MS = 60_000;
/** A quiet bus says that it lives every ten seconds. */
const SILENCE_MS = 30_000;

const encoder: { encode(text: string): Uint8Array } = new TextEncoder();
const decoder: { decode(bytes?: Uint8Array): string } = new TextDecoder();
const EMPTY: Uint8Array = new Uint8Array(0);

/** Does a deed; gives the exit code. Rejects when the bus does not answer. */
export function clientOf(world: ClientWorld): (deed: Deed) => Promise<number> {
  return async (deed) => {
    switch (deed.do) {
      case "send":
        return await send(world, deed);
      case "listen":
        return await listen(world, deed);
      case "replay":
        return await replay(world, deed);
      default:
        return await keys(world, deed);
    }
  };
}

type Of<Name extends Deed["do"]> = Extract<Deed, { do: Name }>;

async function send(world: ClientWorld, { topic, message, id, plain, json }: Of<"send">) {
  const payload = message === null ? world.stdin() : [encoder.encode(message)];
  if (plain) {
    const voice = await world.voice();
    await voice.publish([encoder.encode(topic), ...payload], ANSWER_MS);
    voice.close();
    world.out(json ? JSON.stringify({ ok: true, confirmed: false }) : "sent, unconfirmed");
    return 0;
  }
  const asker = await world.asker();
  const ask = { op: "publish", topic, ...(id === null ? {} : { id }) };
  await asker.ask([EMPTY, encoder.encode(JSON.stringify(ask)), ...payload]);
  const answer = fieldsOf(await answered(asker, ANSWER_MS));
  asker.close();
  world.out(json ? JSON.stringify(answer) : sentText(answer));
  return answer["ok"] === true ? 0 : 65;
}

function sentText(answer: Readonly<Record<string, unknown>>): string {
  if (answer["ok"] !== true) return `not taken: ${String(answer["message"])}`;
  return `in the journal as #${String(answer["seq"])}${answer["status"] === "known" ? ", where it already was" : ""}`;
}

async function listen(world: ClientWorld, { topics, count, json }: Of<"listen">): Promise<number> {
  const ear = await world.ear(topics.length === 0 ? [""] : topics);
  world.signal.addEventListener("abort", () => ear.close(), { once: true });
  let left = count ?? Number.POSITIVE_INFINITY;
  for await (const [topic, ...payload] of ear) {
    const texts = payload.map((frame) => decoder.decode(frame));
    const name = decoder.decode(topic);
    world.out(
      json ? JSON.stringify({ topic: name, frames: texts }) : `${name}  ${texts.join("  ")}`,
    );
    left -= 1;
    if (left <= 0) break;
  }
  if (!world.signal.aborted) ear.close();
  return 0;
}

async function replay(world: ClientWorld, deed: Of<"replay">): Promise<number> {
  const asker = await world.asker();
  world.signal.addEventListener("abort", () => asker.close(), { once: true });
  let after = deed.after;
  await askReplay(asker, deed, after);
  let ended = false;
  while (!world.signal.aborted && (deed.follow || !ended)) {
    const text: string | null = await answered(asker, ended ? SILENCE_MS : REPLAY_MS).catch(
      (error: unknown) => {
        if (world.signal.aborted || (deed.follow && ended)) return null;
        throw error;
      },
    );
    if (text !== null) {
      ended = shown(world, text, deed.json) || ended;
      after = Math.max(after, placeIn(text));
    } else if (!world.signal.aborted) await askReplay(asker, deed, after);
  }
  if (!world.signal.aborted) asker.close();
  return 0;
}

/** Asks for what comes after a place. A follower that hears nothing asks again: the bus may have started anew. */
async function askReplay(asker: Asker, deed: Of<"replay">, after: number): Promise<void> {
  const ask = { op: "replay", topic: deed.topic, after_seq: after, follow: deed.follow };
  await asker.ask([EMPTY, encoder.encode(JSON.stringify(ask))]);
}

/** How far an answer of a replay goes. */
function placeIn(text: string): number {
  const said = fieldsOf(text);
  return Number(said["seq"] ?? said["last_seq"] ?? 0);
}

/** Prints a frame of a replay; whether it was its end. Throws what the bus refused it with. */
function shown(world: Pick<ClientWorld, "out">, text: string, json: boolean): boolean {
  const said = fieldsOf(text);
  if (said["ok"] === false) throw new Error(String(said["message"]));
  const isEnd = said["op"] === "end";
  if (json || !isEnd) world.out(json ? text : replayedText(said));
  return isEnd;
}

function replayedText(said: Readonly<Record<string, unknown>>): string {
  const { seq, topic, message } = said;
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return `#${String(seq)}  ${String(topic)}  ${text}`;
}

async function keys(world: ClientWorld, { name, json }: Of<"keys">): Promise<number> {
  const server = await world.serverKey();
  if (name === null) {
    const allowed = [...(await world.allowed())].map(([key, who]) => ({ key, name: who }));
    if (json) world.out(JSON.stringify({ server_public_key: server, allowed }));
    else {
      world.out(`server public key  ${server}`);
      for (const one of allowed) world.out(`allowed            ${one.key}  ${one.name}`);
      if (allowed.length === 0) world.out("nobody is allowed yet: verbatim bus keys --new NAME");
    }
    return 0;
  }
  const pair = await world.newKey(name);
  if (json) world.out(JSON.stringify({ name, server_public_key: server, ...pair }));
  else {
    world.out(`server public key  ${server}`);
    world.out(`public key         ${pair.publicKey}`);
    world.out(`secret key         ${pair.secretKey}`);
    world.out(`${name} may connect with these; the secret key is not kept here`);
  }
  return 0;
}

async function answered(asker: Asker, ms: number): Promise<string> {
  const frames = await asker.answer(ms).catch(() => {
    throw new Error(
      "the bus does not answer; is it running? verbatim status, or verbatim up; another port: --bus-port",
    );
  });
  return decoder.decode(frames.at(-1));
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}
