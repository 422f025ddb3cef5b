import { expect, test } from "bun:test";
import fc from "fast-check";
import { turns, until } from "./testing/channel.ts";
import { openFakes } from "./testing/world.ts";

const publish = (id: string | null, message: unknown) => ({
  ...{ op: "publish", topic: "ada", message },
  ...(id === null ? {} : { id }),
});
const saidTo = (fakes: ReturnType<typeof openFakes>, name: string) =>
  fakes.client(name).answers.map((one) => one.said);

test("B7: nothing is said to be published before it has its receipt", async () => {
  const fakes = openFakes();
  fakes.journal.hold();
  fakes.ask("one", publish("n-1", { text: "hello" }));
  await turns(20);
  expect(saidTo(fakes, "one")).toEqual([]);
  expect(fakes.forwarded).toEqual([]);
  fakes.journal.letGo();
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toEqual([
    { id: "n-1", ok: true, seq: 1, status: "created", durability: "fsync" },
  ]);
  expect(fakes.forwarded).toEqual([["ada", '{"text":"hello"}']]);
  await fakes.end();
});

test("B7: every ok names the seq under which exactly this message lies, and came after its receipt", async () => {
  const asked = fc.array(
    fc.record({ client: fc.constantFrom("one", "two"), turns: fc.nat(3), isLost: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(asked, async (planned) => {
      const fakes = openFakes();
      for (const [at, one] of planned.entries()) {
        if (one.isLost) fakes.journal.loseAnswer();
        fakes.ask(one.client, publish(`n-${at}`, at));
        await turns(one.turns);
      }
      const answers = () => ["one", "two"].flatMap((name) => fakes.client(name).answers);
      await until(() => answers().length === planned.length, "all are answered");
      for (const { said, receipted } of answers()) {
        const entry = fakes.journal.entries[Number(said["seq"]) - 1];
        expect(said).toMatchObject({ ok: true, status: "created" });
        expect(entry?.key).toBe(`sure/${said["id"]}`);
        expect(receipted).toBeGreaterThanOrEqual(Number(said["seq"]));
      }
      expect(fakes.journal.entries).toHaveLength(planned.length);
      expect(fakes.forwarded).toHaveLength(planned.length);
      await fakes.end();
    }),
    { numRuns: 40 },
  );
});

test("B7: sent again it is known, with its seq, and is not forwarded again; another message is a conflict", async () => {
  const fakes = openFakes();
  fakes.ask("one", publish("n-1", 1));
  fakes.ask("one", publish("n-1", 1));
  fakes.ask("one", publish("n-1", 2));
  await until(() => saidTo(fakes, "one").length === 3, "all are answered");
  expect(saidTo(fakes, "one")).toMatchObject([
    { ok: true, seq: 1, status: "created" },
    { ok: true, seq: 1, status: "known" },
    { ok: false, code: "conflict", id: "n-1" },
  ]);
  expect(fakes.forwarded).toHaveLength(1);
  expect(fakes.journal.entries).toHaveLength(1);
  await fakes.end();
});

test("B7: what the journal will not take is answered with its reason", async () => {
  const fakes = openFakes();
  fakes.journal.refuse("n-2");
  fakes.ask("one", publish("n-2", 1));
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toEqual([
    { id: "n-2", ok: false, code: "too_large", message: "it is too large" },
  ]);
  expect(fakes.forwarded).toEqual([]);
  await fakes.end();
});

test("what was written although its answer was lost is forwarded once, like any other", async () => {
  const fakes = openFakes({ safe: true });
  fakes.journal.loseAnswer();
  fakes.publish("ada", "by the open door");
  await until(() => fakes.forwarded.length === 1, "it is forwarded");
  fakes.journal.loseAnswer();
  fakes.ask("one", publish(null, 1));
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toMatchObject([{ ok: true, status: "created", seq: 2 }]);
  expect(fakes.forwarded).toEqual([
    ["ada", "by the open door"],
    ["ada", "1"],
  ]);
  await fakes.end();
});

test("a payload in frames is recorded and forwarded as it came", async () => {
  const fakes = openFakes();
  fakes.ask("one", { op: "publish", topic: "ada" }, "first", "", "third");
  await until(() => fakes.forwarded.length === 1, "it is forwarded");
  expect(fakes.forwarded).toEqual([["ada", "first", "", "third"]]);
  expect(new TextDecoder().decode(fakes.journal.entries[0]?.raw)).toBe("3:ada,5:first,0:,5:third,");
  await fakes.end();
});

test("a greeting is recorded and not answered, rubbish is answered and not recorded", async () => {
  const fakes = openFakes();
  fakes.ask("one", { type: "handshake", message_id: "ada_handshake_1" });
  fakes.ask("two", { op: "dance" });
  await until(() => saidTo(fakes, "two").length === 1, "rubbish is answered");
  await fakes.bus.empty();
  expect(saidTo(fakes, "one")).toEqual([]);
  expect(saidTo(fakes, "two")).toMatchObject([{ ok: false, code: "input_invalid" }]);
  expect(fakes.journal.entries.map((one) => one.key)).toEqual(["mesh/s-1"]);
  await fakes.end();
});

test("whoever asks how it goes is told, in the envelope they used", async () => {
  const fakes = openFakes();
  fakes.publish("ada", "x");
  await until(() => fakes.journal.entries.length === 1, "it is recorded");
  fakes.ask("one", { op: "stats" });
  await until(() => saidTo(fakes, "one").length === 1, "it is answered");
  expect(saidTo(fakes, "one")).toMatchObject([
    { ok: true, heard: { pub: 1, push: 0, sure: 0, mesh: 0 }, recorded: 1, waiting: 0 },
  ]);
  expect(fakes.client("one").answers[0]?.isEnveloped).toBe(true);
  await fakes.end();
});

test("a client that does not read for a while has its answers later, and one that is gone stops nobody", async () => {
  const fakes = openFakes();
  fakes.client("slow").full = 40;
  fakes.client("gone").isGone = true;
  for (const name of ["slow", "gone", "one"]) fakes.ask(name, publish(null, name));
  await until(() => saidTo(fakes, "one").length === 1, "the others are answered");
  expect(saidTo(fakes, "slow")).toEqual([]);
  await until(() => saidTo(fakes, "slow").length === 1, "the slow one is answered too");
  expect(fakes.bus.status().dropped_answers).toBe(0);
  await fakes.end();
});
