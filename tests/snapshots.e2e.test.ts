/** A session that somebody talks in, in a real system: fifteen messages, and its snapshot is in the journal and in Postgres. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { offeredEvent } from "../packages/core/src/sessions/index.ts";
import { aHappened } from "../packages/core/src/testing/index.ts";
import { openIntake } from "../packages/drivers/src/intake/index.ts";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

let place: string;
let system: System;

beforeAll(async () => {
  ({ place, system } = await systemIn("snapshots"));
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

test("W5: after fifteen messages the workers take a snapshot and say so in the journal", async () => {
  const intake = openIntake(join(place, "home", "run", "ingest.sock"));
  const said = Array.from({ length: 15 }, (_, at) =>
    aHappened(at + 2, "message_said", {
      message_id: `m-${at}`,
      role: "user",
      content: `word ${at}`,
    }),
  );
  const events = [aHappened(1, "session_started", {}), ...said];
  const receipts = await intake.hand(events.map(({ event }) => offeredEvent(event)));
  expect(receipts.map(({ status }) => status)).toEqual(events.map(() => "created"));
  await intake.close();
  await until("a snapshot was taken", 60_000, async () => {
    const answer = await fetch(`${system.url}/v1/jobs?queue=session-snapshot&state=completed`);
    const { data } = await jsonOf<{ data: readonly { result: { taken?: number } | null }[] }>(
      answer,
    );
    return data.some(({ result }) => result?.taken === 1);
  });
  expect((await system.settled(events.length + 1)).aside).toBe(0);
  expect((await system.cli("verify")).code).toBe(0);
}, 120_000);
