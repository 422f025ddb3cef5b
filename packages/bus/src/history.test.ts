import { expect, test } from "bun:test";
import { turns, until } from "./testing/channel.ts";
import { openFakes } from "./testing/world.ts";

const end = (last: number) => JSON.stringify({ op: "end", last_seq: last });

test("who subscribes to replay: and a topic is sent what begins with it, under replay: and its own topic, and an end", async () => {
  const fakes = openFakes({ before: ["ada", "bob", "ada.core", "(other)", "ada"] });
  fakes.subscribe("replay:ada");
  await until(() => fakes.forwarded.length === 4, "it is told");
  expect(fakes.forwarded).toEqual([
    ["replay:ada", "1"],
    ["replay:ada.core", "3"],
    ["replay:ada", "5"],
    ["replay:ada", end(5)],
  ]);
  await fakes.end();
});

test("replay: alone is everything, and a topic nobody used is an end", async () => {
  const fakes = openFakes({ before: ["ada", "bob"], windowed: 1 });
  fakes.subscribe("replay:");
  await until(() => fakes.forwarded.length === 2, "it is told");
  fakes.subscribe("replay:eve");
  await until(() => fakes.forwarded.length === 3, "it is told too");
  expect(fakes.forwarded).toEqual([
    ["replay:bob", "2"],
    ["replay:", end(2)],
    ["replay:eve", end(2)],
  ]);
  await fakes.end();
});

test("of a long history the newest thousand are told, in order", async () => {
  const fakes = openFakes({ before: new Array<string>(1200).fill("ada") });
  fakes.subscribe("replay:a");
  await until(() => fakes.forwarded.length === 1001, "it is told");
  const expected = Array.from({ length: 1000 }, (_, at) => String(at + 201));
  expect(fakes.forwarded.slice(0, -1).map((one) => one[1])).toEqual(expected);
  await fakes.end();
});

test("histories are told one after another, and again to who asks while one is told", async () => {
  const fakes = openFakes({ before: ["ada", "bob"] });
  for (const prefix of ["replay:ada", "replay:bob", "replay:ada"]) fakes.subscribe(prefix);
  await until(() => fakes.forwarded.length === 6, "all are told");
  expect(fakes.forwarded.map(([topic]) => topic)).toEqual([
    ...["replay:ada", "replay:ada"],
    ...["replay:bob", "replay:bob"],
    ...["replay:ada", "replay:ada"],
  ]);
  await fakes.end();
});

test("other subscriptions, and those taken back, are counted and sent nothing", async () => {
  const fakes = openFakes({ before: ["ada"] });
  for (const prefix of ["ada", "bob", "", "repla"]) fakes.subscribe(prefix);
  fakes.subscribe("bob", false);
  fakes.subscribe("replay:ada", false);
  await until(() => fakes.bus.status().subscriptions === 3, "they are counted");
  await turns(10);
  expect(fakes.bus.status().subscriptions).toBe(3);
  expect(fakes.forwarded).toEqual([]);
  await fakes.end();
});
