/** When a connection of the intake is left unread: counted by what it holds, on a stream in memory. */
import { expect, test } from "bun:test";
import { Duplex } from "node:stream";
import { encodeOffered, type Offered, type Receipt } from "@verbatim/core";
import { serve } from "./server.ts";

const MB = 1024 * 1024;

/** A connection whose bytes arrive in pieces as a socket gives them, and a writer that gives its receipts when it is told to. */
function aConnection() {
  const given: PromiseWithResolvers<readonly Receipt[]>[] = [];
  const written = Promise.withResolvers<void>();
  const socket = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => {
      written.resolve();
      done();
    },
  });
  serve(socket, {
    offer: (batch) => {
      const receipts = Promise.withResolvers<readonly Receipt[]>();
      given.push(receipts);
      offered.push(...batch);
      return receipts.promise;
    },
    control: async () => null,
    failed: (why) => failures.push(why),
  });
  const offered: Offered[] = [];
  const failures: string[] = [];
  return {
    offered,
    failures,
    isRead: () => !socket.isPaused(),
    arrive: (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += 64 * 1024) {
        socket.emit("data", bytes.subarray(at, at + 64 * 1024));
      }
    },
    /** Gives every receipt that is asked for, and waits until the connection has got it. */
    settle: async () => {
      for (const one of given.splice(0)) one.resolve([]);
      await written.promise;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const record = (key: string, bytes: number): Uint8Array =>
  encodeOffered([{ source: "api", key, raw: new Uint8Array(bytes), once: false }]);

test("a long record that waits for the disk counts whole, not by its last piece", async () => {
  const one = aConnection();
  one.arrive(record("a", 7 * MB));
  expect([one.offered.length, one.isRead()]).toEqual([1, true]);
  one.arrive(record("b", 2 * MB));
  expect([one.offered.length, one.isRead()]).toEqual([2, false]);
  await one.settle();
  expect(one.isRead()).toBe(true);
});

test("long keys count too", () => {
  const one = aConnection();
  for (let at = 0; at < 2100; at += 1) one.arrive(record("k".repeat(4000), 0));
  expect(one.isRead()).toBe(false);
});

test("an unfinished frame counts beside what waits, and is read to its end once nothing waits", async () => {
  const one = aConnection();
  const long = record("long", 20 * MB);
  one.arrive(record("a", 5 * MB));
  one.arrive(long.subarray(0, 2 * MB));
  expect(one.isRead()).toBe(true);
  one.arrive(long.subarray(2 * MB, 4 * MB));
  expect(one.isRead()).toBe(false);
  await one.settle();
  expect(one.isRead()).toBe(true);
  one.arrive(long.subarray(4 * MB, 19 * MB));
  expect(one.isRead()).toBe(true);
  one.arrive(long.subarray(19 * MB));
  expect([one.offered.length, one.isRead()]).toEqual([2, false]);
  expect(one.failures).toEqual([]);
});
