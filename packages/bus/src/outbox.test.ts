import { expect, test } from "bun:test";
import type { Frames } from "@verbatim/core";
import { openOutbox } from "./outbox.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const wanted = (): boolean => false;

/** Clients that read or do not, and waits that end when they are told to. */
function openClients() {
  const full = new Set<string>();
  const sent: string[] = [];
  let waits: (() => void)[] = [];
  const outbox = openOutbox({
    answer: async (client: Uint8Array, frames: Frames) => {
      const name = new TextDecoder().decode(client);
      if (full.has(name)) return "full";
      sent.push(`${name} ${new TextDecoder().decode(frames[0])}`);
      return "sent";
    },
    wait: () => new Promise((resolve) => waits.push(resolve)),
  });
  const give = (name: string, text: string, isUnwanted = wanted) =>
    outbox.give(bytesOf(name), [bytesOf(text)], isUnwanted);
  const tick = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    const over = waits;
    waits = [];
    for (const end of over) end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { outbox, full, sent, give, tick };
}

test("a client that does not read is waited for alone, and gets its answers in order later", async () => {
  const { full, sent, give, tick } = openClients();
  full.add("ada");
  const late = [give("ada", "1"), give("ada", "2")];
  expect(await give("bob", "1")).toBe(true);
  await tick();
  expect(await give("bob", "2")).toBe(true);
  full.delete("ada");
  await tick();
  expect(await Promise.all(late)).toEqual([true, true]);
  expect(sent).toEqual(["bob 1", "bob 2", "ada 1", "ada 2"]);
});

test("of a client that does not read no more than so many answers are kept; nobody else loses any", async () => {
  const { outbox, full, sent, give, tick } = openClients();
  full.add("ada");
  const answers = Array.from({ length: 2005 }, (_, at) => give("ada", String(at)));
  expect(outbox.dropped()).toBe(5);
  expect(await give("bob", "1")).toBe(true);
  full.delete("ada");
  await tick();
  const given = await Promise.all(answers);
  expect(given.filter(Boolean)).toHaveLength(2000);
  expect(given.slice(2000)).toEqual([false, false, false, false, false]);
  expect(sent).toHaveLength(2001);
});

test("what is not wanted any more is passed over", async () => {
  const { full, sent, give, tick } = openClients();
  full.add("ada");
  let isStopped = false;
  const first = give("ada", "replayed", () => isStopped);
  const second = give("ada", "asked");
  await tick();
  isStopped = true;
  full.delete("ada");
  await tick();
  expect(await Promise.all([first, second])).toEqual([false, true]);
  expect(sent).toEqual(["ada asked"]);
});
