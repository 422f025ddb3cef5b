/** A session to ask about, in an API of fakes. */
import { expect } from "bun:test";
import { randomUUID } from "node:crypto";
import type { ResumeAnswer } from "../contract-sessions.ts";
import { type Fake, fakePorts } from "./ports.ts";
import { appOf, jsonOf, post } from "./requests.ts";

/** Ids with characters that mean something in a path. */
export const USER = "/v1/users/ada%2F1";
export const AT: string = `${USER}/sessions/s%3A1`;
export type World = Fake & { readonly app: ReturnType<typeof appOf> };

/** A session in which nothing was said. */
export async function aSession(): Promise<World> {
  const fake = fakePorts();
  let seconds = 0;
  // Time goes on, so that a retry comes later than what it repeats.
  const now = (): Date => {
    seconds += 1;
    return new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
  };
  const ports = { ...fake.ports, newId: randomUUID, now };
  const app = appOf(ports);
  const started = await app.request(
    `${USER}/sessions`,
    post({ session_id: "s:1", model: "haiku" }),
  );
  expect(started.status).toBe(201);
  return { ...fake, ports, app };
}

/** Says something by an id. */
export const say = (
  world: World,
  message_id: string,
  content: string = message_id,
): Promise<Response> =>
  Promise.resolve(world.app.request(`${AT}/messages`, post({ role: "user", content, message_id })));
/** What a chat shows first. */
export const resume = (world: World, app: World["app"] = world.app): Promise<ResumeAnswer> =>
  jsonOf<ResumeAnswer>(app.request(`${AT}/resume`, post({})));

/** A session with something of everything. */
export async function aFullSession(): Promise<World> {
  const world = await aSession();
  for (const id of ["m-1", "m-2", "m-3"]) await say(world, id);
  for (const [path, body] of [
    ["/emotion", { emotion: "anxious", intensity: 0.8, confidence: 0.9, evidence: ["m-1"] }],
    ["/milestones", { description: "named it" }],
    ["/breakthroughs", { insight: "sure", confidence: 0.9, trigger_message_id: "m-2" }],
    ["/breakthroughs", { insight: "less sure", confidence: 0.5 }],
    ["/context", { current_theme: "calls", session_notes: "soon", working_hypotheses: ["a"] }],
    ["/model", { model: "opus" }],
    ["/notes", { text: "for the therapist" }],
    ["/emotion", { emotion: "curious", intensity: 0.4 }],
  ] as const)
    expect((await world.app.request(AT + path, post(body))).status).toBe(201);
  return world;
}
