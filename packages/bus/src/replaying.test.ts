import { expect, test } from "bun:test";
import fc from "fast-check";
import { turns, until } from "./testing/channel.ts";
import { type Fakes, openFakes } from "./testing/world.ts";

const saidTo = (fakes: Fakes, name: string) => fakes.client(name).answers.map((one) => one.said);
const isEnd = (said: Readonly<Record<string, unknown>>): boolean => said["op"] === "end";
const seqsTo = (fakes: Fakes, name: string) =>
  saidTo(fakes, name).flatMap((said) => (typeof said["seq"] === "number" ? said["seq"] : []));

/** Seqs of what subscribers with this prefix got, past `after`. */
function published(fakes: Fakes, prefix: string, after: number): number[] {
  return fakes.journal.entries
    .filter(({ seq, key, raw }) => {
      const text = new TextDecoder().decode(raw);
      const topic = text.slice(text.indexOf(":") + 1);
      return seq > after && key.startsWith("pub/") && topic.startsWith(prefix);
    })
    .map((one) => one.seq);
}

test("B8: past and present come in order, each once, with one end between them, to clients slow or not", async () => {
  const topic = fc.constantFrom("ada", "adam", "bob", "(other)");
  const plan = fc.record({
    before: fc.array(topic, { maxLength: 30 }),
    windowed: fc.nat(30),
    after: fc.nat(35),
    prefix: fc.constantFrom("", "ada", "b"),
    isOld: fc.boolean(),
    during: fc.array(
      fc.record({ topic, turns: fc.nat(2), full: fc.nat(3), isLost: fc.boolean() }),
      { maxLength: 15 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ before, windowed, after, prefix, isOld, during }) => {
      const fakes = openFakes({ before, windowed: Math.min(windowed, before.length) });
      if (isOld) fakes.age();
      fakes.ask("one", { op: "replay", topic: prefix, after_seq: after, follow: true });
      for (const one of during) {
        fakes.client("one").full = one.full;
        if (one.isLost) fakes.journal.loseAnswer();
        if (one.topic === "(other)") fakes.journal.hearOther();
        else fakes.publish(one.topic, "new");
        await turns(one.turns);
      }
      const own = during.filter((one) => one.topic !== "(other)").length;
      await until(() => fakes.bus.status().heard.pub === own, "all is heard");
      const expected = () => published(fakes, prefix, after);
      await until(() => saidTo(fakes, "one").some(isEnd), "there is an end");
      await fakes.bus.empty();
      await until(() => seqsTo(fakes, "one").length >= expected().length, "all has come");
      await turns(5);
      expect(seqsTo(fakes, "one")).toEqual(expected());
      const said = saidTo(fakes, "one");
      const end = said.findIndex(isEnd);
      const place = Number(said[end]?.["last_seq"]);
      expect(said.filter(isEnd)).toHaveLength(1);
      expect(said.slice(0, end).every((one) => Number(one["seq"]) <= place)).toBe(true);
      expect(said.slice(end + 1).every((one) => Number(one["seq"]) > place)).toBe(true);
      await fakes.end();
    }),
    { numRuns: 80 },
  );
});

test("B8: who does not follow gets what was there, and an end behind it", async () => {
  const fakes = openFakes({ before: ["ada", "bob", "ada"], windowed: 1 });
  fakes.ask("one", { op: "replay", topic: "ada" });
  await until(() => saidTo(fakes, "one").some(isEnd), "there is an end");
  fakes.publish("ada", "later");
  await fakes.bus.empty();
  await turns(10);
  expect(saidTo(fakes, "one")).toEqual([
    { seq: 1, topic: "ada", message: 1 },
    { seq: 3, topic: "ada", message: 3 },
    { op: "end", last_seq: 3 },
  ]);
  expect(fakes.bus.status()).toMatchObject({ replays: 1, followers: 0 });
  await fakes.end();
});

test("B8: what is asked again with the last seq that came goes on behind it", async () => {
  const fakes = openFakes({ before: ["ada", "ada", "ada", "ada"], windowed: 2 });
  fakes.ask("one", { op: "replay" });
  await until(() => saidTo(fakes, "one").some(isEnd), "there is an end");
  fakes.ask("two", { op: "replay", after_seq: 2 });
  await until(() => saidTo(fakes, "two").some(isEnd), "there is an end");
  expect([seqsTo(fakes, "one"), seqsTo(fakes, "two")]).toEqual([
    [1, 2, 3, 4],
    [3, 4],
  ]);
  await fakes.end();
});

test("B8: a client that asks for something else gets that alone from then on", async () => {
  const before = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? "ada" : "bob"));
  const fakes = openFakes({ before });
  fakes.client("one").isSlow = true;
  fakes.ask("one", { op: "replay", topic: "ada", follow: true });
  await until(() => seqsTo(fakes, "one").length > 3, "it has begun");
  const had = seqsTo(fakes, "one").length;
  expect(had).toBeLessThan(6);
  fakes.client("one").full = 5;
  fakes.ask("one", { op: "replay", topic: "bob", follow: true });
  await until(() => saidTo(fakes, "one").some(isEnd), "there is an end");
  fakes.publish("ada", "new");
  fakes.publish("bob", "new");
  await until(() => seqsTo(fakes, "one").includes(32), "what is new has come");
  const topics = saidTo(fakes, "one")
    .slice(had)
    .flatMap((said) => said["topic"] ?? []);
  expect(topics.filter((topic) => topic === "ada").length).toBeLessThan(2);
  expect(topics.filter((topic) => topic === "bob")).toHaveLength(16);
  expect(fakes.bus.status()).toMatchObject({ replays: 2, followers: 1 });
  await fakes.end();
});

test("B8: a client that says stop gets nothing more, and one that is gone is forgotten", async () => {
  const fakes = openFakes();
  for (const name of ["one", "two", "three"]) fakes.ask(name, { op: "replay", follow: true });
  await until(() => fakes.bus.status().followers === 3, "all follow");
  fakes.ask("one", { op: "stop" });
  await until(() => saidTo(fakes, "one").some((said) => said["ok"] === true), "it is answered");
  fakes.client("two").isGone = true;
  fakes.publish("ada", "new");
  await until(() => seqsTo(fakes, "three").length === 1, "the others go on");
  await turns(5);
  expect([seqsTo(fakes, "one"), seqsTo(fakes, "two")]).toEqual([[], []]);
  expect(fakes.bus.status().followers).toBe(1);
  await fakes.end();
});

test("B8: a client that does not read holds up nobody else, and misses nothing", async () => {
  const fakes = openFakes({ before: ["ada"] });
  fakes.client("slow").full = 60;
  for (const name of ["slow", "one"]) fakes.ask(name, { op: "replay", follow: true });
  await until(() => seqsTo(fakes, "one").length === 1, "the others are served");
  for (let at = 0; at < 5; at += 1) fakes.publish("ada", "new");
  await until(() => seqsTo(fakes, "one").length === 6, "and go on");
  expect(seqsTo(fakes, "slow")).toEqual([]);
  await until(() => seqsTo(fakes, "slow").length === 6, "the slow one has all of it");
  expect(seqsTo(fakes, "slow")).toEqual([1, 2, 3, 4, 5, 6]);
  await fakes.end();
});

test("B8: what an earlier bus had handed over is read from the journal, although it never was in the window", async () => {
  const fakes = openFakes({ before: ["ada"] });
  fakes.ask("one", { op: "replay", follow: true });
  await until(() => saidTo(fakes, "one").some(isEnd), "there is an end");
  const raw = new TextEncoder().encode("3:ada,3:old,");
  fakes.journal.entries.push({ ...{ seq: 2, at: "", source: "bus", key: "pub/old-9" }, raw });
  fakes.publish("ada", "new");
  await until(() => seqsTo(fakes, "one").length === 3, "both have come");
  expect(seqsTo(fakes, "one")).toEqual([1, 2, 3]);
  await fakes.end();
});

test("more followers than there is room for are told so", async () => {
  const fakes = openFakes();
  for (let at = 0; at < 256; at += 1) fakes.ask(`c-${at}`, { op: "replay", follow: true });
  fakes.ask("one", { op: "replay", follow: true });
  fakes.ask("c-7", { op: "replay", follow: true });
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toMatchObject([{ ok: false, code: "busy" }]);
  await until(() => saidTo(fakes, "c-7").some(isEnd), "who has a place keeps it");
  await fakes.end();
});

test("a journal that cannot be read is said to whoever asked", async () => {
  const fakes = openFakes({ before: ["ada", "ada"], windowed: 0 });
  fakes.journal.read = async () => Promise.reject(new Error("damaged"));
  fakes.ask("one", { op: "replay" });
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toMatchObject([{ ok: false, code: "journal_failed" }]);
  await fakes.end();
});
