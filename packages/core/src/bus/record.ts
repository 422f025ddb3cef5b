/**
 * A bus message as a record of the journal: which way it came is the beginning
 * of its key, its frames are its bytes.
 *
 *     pub/<start>-<n>     published on 5555: topic, payload …
 *     push/<start>-<n>    handed in on 5557: payload …, no topic
 *     mesh/<start>-<n>    a greeting on 5558 that asks for nothing: payload …
 *     sure/<id>           confirmed publish on 5558, by the client's id or ours
 *
 * What was published, with or without confirmation, can be replayed: it is what
 * subscribers get.
 */
import type { Entry } from "../message/heard.ts";
import { decodeFrames, type Frames } from "./frames.ts";

/** The source under which bus messages are recorded. */
export const BUS_SOURCE = "bus";

export type Way = "pub" | "push" | "mesh" | "sure";

/** The way a record came, or null when the key is not one of ours. */
export function wayOf(key: string): Way | null {
  const way = key.slice(0, key.indexOf("/"));
  return way === "pub" || way === "push" || way === "mesh" || way === "sure" ? way : null;
}

/** A message as it is replayed. */
export type Published = {
  readonly seq: number;
  readonly topic: Uint8Array;
  readonly payload: Frames;
};

/** The message subscribers got, or null for an entry that is none. */
export function publishedOf({ seq, source, key, raw }: Entry): Published | null {
  if (source !== BUS_SOURCE || !isPublished(key)) return null;
  const frames = decodeFrames(raw);
  const topic = frames?.[0];
  return frames === null || topic === undefined ? null : { seq, topic, payload: frames.slice(1) };
}

/** Whether subscribers got what is recorded under this key. */
export function isPublished(key: string): boolean {
  return key.startsWith("pub/") || key.startsWith("sure/");
}

/** Subscriptions as ZeroMQ has them: a topic fits when it begins with one of the prefixes. */
export function fitsTopics(topic: Uint8Array, prefixes: readonly Uint8Array[]): boolean {
  return prefixes.some(
    (prefix) => prefix.length <= topic.length && prefix.every((byte, at) => topic[at] === byte),
  );
}
