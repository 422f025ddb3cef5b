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
import { nameOf, openOutbox } from "./outbox.ts";
import type { BusPorts } from "./ports.ts";
import type { Recording } from "./record.ts";
import { openReplaying, type Run } from "./replaying.ts";

export interface Answering {
  /** One request, the client's identity first. */
  take(frames: Frames): void;
  /** To be called every ten seconds. */
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
  const outbox = openOutbox(ports);
  const give = ({ client, head }: Asked, frame: Uint8Array, run?: Run): Promise<boolean> =>
    outbox.give(client, [...head, frame], () => run?.stopped === true);
  const answer = (asked: Asked, said: object): void => void give(asked, answerFrame(said));

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
    dropped: outbox.dropped,
  };
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
