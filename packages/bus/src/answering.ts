/**
 * 5558: confirmed publish, and replay (replaying.ts).
 *
 *   B7  An answer that says ok to a publish was given after the record's
 *       fdatasync, with its seq.
 */
import {
  answerFrame,
  type Frames,
  isEnveloped,
  type Receipt,
  type Request,
  requestOf,
} from "@verbatim/core";
import type { BusPorts } from "./ports.ts";
import type { Recording } from "./record.ts";
import { openReplaying, type Run } from "./replaying.ts";

/** Answers to clients that do not read, kept for them; more are dropped, and the client asks again. */
const KEPT_MAX = 100_000;
const FULL_MS_MIN = 1;
const FULL_MS_MAX = 50;

export interface Answering {
  /** One request, the client's identity first. */
  take(frames: Frames): void;
  /** To be called every minute. */
  beat(): void;
  replays(): number;
  followers(): number;
  /** Answers dropped because their client did not read. */
  dropped(): number;
}

type Asked = {
  readonly client: Uint8Array;
  /** What an answer begins with. */
  readonly head: Frames;
};

type Ask<Op extends Request["op"]> = Extract<Request, { op: Op }>;

/** Answers with what the bus has. `stats` is what there is to say about it. */
export function openAnswering(
  ports: BusPorts,
  recording: Pick<Recording, "take">,
  stats: () => object,
): Answering {
  const replaying = openReplaying(ports);
  const { give, answer, dropped } = openAnswers(ports);

  function publish(asked: Asked, { id, frames }: Ask<"publish">): void {
    const done = (receipt: Receipt): void => {
      answer(asked, { ...(id === null ? {} : { id }), ...receiptAnswer(receipt) });
      if (receipt.status === "created") void ports.publish(frames);
    };
    recording.take("sure", frames, { id, done });
  }

  function replay(asked: Asked, request: Ask<"replay">): void {
    const say = (frame: Uint8Array, run: Run): Promise<boolean> => give(asked, frame, run);
    const started = replaying.start(nameOf(asked.client), request, say);
    if (started === null) answer(asked, failure("busy", "too many replays are under way"));
    started?.catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      answer(asked, failure("journal_failed", `the journal cannot be read: ${why}`));
    });
  }

  const obey: Readonly<{ [Op in Request["op"]]: (asked: Asked, request: Ask<Op>) => void }> = {
    publish,
    replay,
    greeting: (_, { frames }) => recording.take("mesh", frames),
    stats: (asked) => answer(asked, { ok: true, ...stats() }),
    stop: (asked) => {
      replaying.stop(nameOf(asked.client));
      answer(asked, { ok: true });
    },
  };

  function follow<Op extends Request["op"]>(asked: Asked, request: Ask<Op> & { op: Op }): void {
    obey[request.op](asked, request);
  }

  return {
    take: ([client, ...rest]) => {
      if (client === undefined) return;
      const asked = { client, head: isEnveloped(rest) ? [new Uint8Array(0)] : [] };
      const request = requestOf(rest);
      if (request.ok) follow(asked, request.value);
      else answer(asked, failure("input_invalid", request.why));
    },
    beat: replaying.beat,
    replays: replaying.count,
    followers: replaying.followers,
    dropped,
  };
}

/** A socket that is closed, because we stop, has no clients: what they asked for is recorded all the same. */
async function sentBy(
  { answer }: Pick<BusPorts, "answer">,
  client: Uint8Array,
  frames: Frames,
): ReturnType<BusPorts["answer"]> {
  try {
    return await answer(client, frames);
  } catch {
    return "gone";
  }
}

/** Sending to clients, some of which do not read. */
function openAnswers(ports: Pick<BusPorts, "answer" | "wait">) {
  let kept = 0;
  let dropped = 0;

  async function give({ client, head }: Asked, frame: Uint8Array, run?: Run): Promise<boolean> {
    for (let pause = FULL_MS_MIN; run?.stopped !== true; pause = Math.min(FULL_MS_MAX, pause * 2)) {
      const sent = await sentBy(ports, client, [...head, frame]);
      if (sent !== "full") return sent === "sent";
      await ports.wait(pause);
    }
    return false;
  }

  return {
    give,
    answer: (asked: Asked, said: object): void => {
      if (kept >= KEPT_MAX) {
        dropped += 1;
        return;
      }
      kept += 1;
      void give(asked, answerFrame(said)).finally(() => {
        kept -= 1;
      });
    },
    dropped: () => dropped,
  };
}

function nameOf(client: Uint8Array): string {
  return Array.from(client, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function receiptAnswer(receipt: Receipt): object {
  switch (receipt.status) {
    case "created":
    case "known":
      return { ok: true, seq: receipt.seq, status: receipt.status, durability: "fsync" };
    case "conflict":
      return failure(
        "conflict",
        `this id is known with another message (seq ${receipt.seq}); a new message needs a new id`,
      );
    default:
      return failure(receipt.code, receipt.message);
  }
}

function failure(code: string, message: string): object {
  return { ok: false, code, message };
}
