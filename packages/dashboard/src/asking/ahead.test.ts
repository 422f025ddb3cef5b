/** What is asked before somebody is there. */
import { expect, test } from "bun:test";
import { openAhead } from "./ahead.ts";

/** Answers are counted, so that an old one is told from a new one. */
function aServer() {
  let count = 0;
  let nowMs = 0;
  const ahead = openAhead(
    async (url) => `${url} ${++count}`,
    () => nowMs,
  );
  return { ...ahead, asked: () => count, pass: (ms: number) => (nowMs += ms) };
}

test("B44: who comes at once is given what was asked ahead, without asking again", async () => {
  const { prepare, ask, asked, pass } = aServer();
  prepare(["/a", "/b"]);
  pass(300);
  expect(await ask<string>("/a")).toBe("/a 1");
  expect(await ask<string>("/b")).toBe("/b 2");
  expect(asked()).toBe(2);
});

test("B44: it is given once: the next question is asked", async () => {
  const { prepare, ask } = aServer();
  prepare(["/a"]);
  expect(await ask<string>("/a")).toBe("/a 1");
  expect(await ask<string>("/a")).toBe("/a 2");
});

test("B44: who comes later is told what holds then", async () => {
  const { prepare, ask, pass } = aServer();
  prepare(["/a"]);
  pass(60_000);
  expect(await ask<string>("/a")).toBe("/a 2");
});

test("pointing here and there asks one thing at a time, and nothing twice in a moment", async () => {
  const { prepare, ask, asked } = aServer();
  prepare(["/a"]);
  prepare(["/b"]);
  expect(asked()).toBe(1);
  await Promise.resolve();
  await Promise.resolve();
  prepare(["/a"]);
  expect(asked()).toBe(1);
  prepare(["/b"]);
  expect(asked()).toBe(2);
  expect(await ask<string>("/b")).toBe("/b 2");
});

test("what was refused ahead is refused to who comes, and asked again after that", async () => {
  let count = 0;
  const { prepare, ask } = openAhead(
    async () => {
      count += 1;
      if (count === 1) throw new Error("away");
      return "here";
    },
    () => 0,
  );
  prepare(["/a"]);
  await expect(ask("/a")).rejects.toThrow("away");
  expect(await ask<string>("/a")).toBe("here");
});
