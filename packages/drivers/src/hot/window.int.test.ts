/** The window worked out beside Redis, against the one in Redis. */
import { afterAll, expect, test } from "bun:test";
import { hash } from "node:crypto";
import { HOT_MESSAGES, makeSettle, refOf } from "@verbatim/core";
import { openWindow } from "@verbatim/core/proof";
import { anEntry } from "@verbatim/core/testing";
import { testRedisUrl } from "../../test/services.ts";
import { openHotStore } from "./store.ts";

const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
const hot = openHotStore(await testRedisUrl());
afterAll(() => hot[Symbol.asyncDispose]());

let state = 7;
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * below);
};

/** Times that go back and forth, copies near and far, more than the window holds. */
function entryAt(seq: number) {
  const item = {
    id: `m-${random(2) === 0 ? seq : random(seq)}`,
    session_id: "s",
    author: { name: "ada", role: "user" },
    said_at: new Date(Date.UTC(2026, 0, 1) + random(3000) * 1000).toISOString(),
    text: `say ${seq}`,
  };
  return anEntry(seq, { raw: new TextEncoder().encode(JSON.stringify(item)) });
}

test("V12: after the same entries both windows hold the same messages with the same bodies", async () => {
  await hot.clear();
  const window = openWindow(HOT_MESSAGES);
  for (let seq = 1; seq <= 24_000; seq += 400) {
    const stretch = Array.from({ length: 400 }, (_, one) => settle(entryAt(seq + one)));
    await hot.apply(stretch);
    window.take(stretch);
    if (seq % 4000 !== 1) continue;
    const found = await hot.window(HOT_MESSAGES);
    const expected = window.held();
    expect(found.map(refOf).toSorted()).toEqual([...expected.keys()].toSorted());
    for (const one of found) expect(JSON.stringify(one)).toBe(expected.get(refOf(one)) ?? "");
  }
}, 60_000);
