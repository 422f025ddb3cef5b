import { expect, test } from "bun:test";
import type { Frames } from "@verbatim/core";
import { turns, until } from "./testing/channel.ts";
import { openFakes } from "./testing/world.ts";

/** One read of a socket: a large message on its topic. */
const large: readonly Frames[] = [[new Uint8Array(3), new Uint8Array(10 * 1024 * 1024)]];

test("nothing is read while too much waits for the journal; senders wait, and nothing is lost", async () => {
  const fakes = openFakes();
  fakes.journal.hold();
  for (let at = 0; at < 12; at += 1) fakes.published.put(large);
  await until(() => fakes.bus.status().pauses === 1, "reading stops");
  await turns(10);
  expect(fakes.published.waiting()).toBe(5);
  expect(fakes.bus.status()).toMatchObject({ heard: { pub: 7 }, recorded: 0, waiting: 7 });
  expect(fakes.logged).toContain("reading_stopped");
  fakes.journal.letGo();
  await until(() => fakes.journal.entries.length === 12, "all is recorded");
  expect(fakes.published.waiting()).toBe(0);
  await fakes.end();
});

test("requests are not read either while too much waits", async () => {
  const fakes = openFakes();
  fakes.journal.hold();
  for (let at = 0; at < 8; at += 1) fakes.published.put(large);
  await until(() => fakes.bus.status().pauses === 1, "reading stops");
  for (let at = 0; at < 3; at += 1) fakes.ask("one", { op: "publish", topic: "a", message: at });
  await until(() => fakes.bus.status().pauses === 2, "requests stop too");
  await turns(10);
  expect(fakes.bus.status().heard.sure).toBe(1);
  fakes.journal.letGo();
  await until(() => fakes.client("one").answers.length === 3, "all are answered");
  await fakes.end();
});

test("what was heard is accounted for, by the way it came, with keys that no other start has", async () => {
  const fakes = openFakes();
  fakes.journal.refuse("push");
  fakes.publish("ada", "x");
  await until(() => fakes.bus.status().heard.pub === 1, "it is heard");
  fakes.pushed.put([[new TextEncoder().encode("{}")]]);
  await until(() => fakes.bus.status().heard.push === 1, "it is heard");
  await fakes.bus.empty();
  const status = fakes.bus.status();
  expect(status).toMatchObject({ recorded: 1, refused: 1, waiting: 0, durable: 1, window: 1 });
  expect(fakes.journal.entries.map((one) => one.key)).toEqual(["pub/s-1"]);
  expect(fakes.forwarded).toEqual([]);
  await fakes.end();
});

test("with safe, what is published reaches subscribers when it is in the journal and not before", async () => {
  const fakes = openFakes({ safe: true });
  fakes.journal.hold();
  fakes.publish("ada", "x");
  await turns(10);
  expect(fakes.forwarded).toEqual([]);
  fakes.journal.letGo();
  await until(() => fakes.forwarded.length === 1, "it is forwarded");
  expect(fakes.forwarded).toEqual([["ada", "x"]]);
  await fakes.end();
});
