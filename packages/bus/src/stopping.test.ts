import { expect, test } from "bun:test";
import { turns, until } from "./testing/channel.ts";
import { openFakes } from "./testing/world.ts";

test("what was heard before the sockets were closed is recorded, although nobody can be answered any more", async () => {
  const fakes = openFakes({ safe: true });
  fakes.ask("one", { op: "replay", follow: true });
  await until(() => fakes.client("one").answers.length === 1, "one follows");
  fakes.journal.hold();
  fakes.publish("ada", "x");
  for (const at of [1, 2]) fakes.ask("two", { op: "publish", topic: "ada", message: at });
  await until(() => fakes.bus.status().waiting === 3, "all is heard");
  fakes.close();
  fakes.journal.letGo();
  await fakes.bus.empty();
  await turns(10);
  expect(fakes.journal.entries).toHaveLength(3);
  expect(fakes.bus.status()).toMatchObject({ recorded: 3, waiting: 0, followers: 0 });
  expect(fakes.logged.filter((event) => event === "forwarding_failed")).toHaveLength(1);
  await fakes.end();
});

test("a client that does not read keeps nobody from stopping", async () => {
  const fakes = openFakes();
  fakes.client("slow").full = Number.POSITIVE_INFINITY;
  fakes.ask("slow", { op: "stats" });
  await turns(5);
  fakes.stop();
  // Nothing but a turn of the event loop gets past somebody who tries without one.
  await turns(20);
  fakes.close();
  await turns(2);
  expect(fakes.client("slow").answers).toEqual([]);
  await fakes.end();
});
