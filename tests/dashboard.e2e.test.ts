/** The dashboard as people meet it: a real browser on a running system with what was really recorded. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { barriers, openBrowser, openPage } from "./world/browser.ts";
import { leave, systemIn } from "./world/place.ts";
import type { System } from "./world/system.ts";
import { scribeFrom } from "./world/transcripts.ts";

/** What runs, loads or breaks out where text is drawn as HTML. */
const HOSTILE = [
  "<script>alert('script')</script>",
  "<img src=x onerror=alert('img')>",
  "<svg onload=alert('svg')>",
  "<iframe srcdoc=\"<script>alert('frame')</script>\"></iframe>",
  "[link](javascript:alert('link')) ![picture](http://elsewhere.example/a.png)",
  "<a href='data:text/html,<script>alert(1)</script>'>data</a>",
  "</textarea></title></style><script>alert('out')</script>",
  "```html\n<script>alert('fence')</script>\n```",
  '"><body onload=alert(1)> {{constructor.constructor("alert(1)")()}}',
] as const;

/** Gzipped. */
const LOADED_BYTES_MAX = 350_000;

const scribe = scribeFrom(7);
let place: string;
let system: System;
let browser: Browser;

beforeAll(async () => {
  ({ place, system } = await systemIn("dashboard"));
  await mkdir(join(place, "projects/engine"), { recursive: true });
  const lines = Array.from({ length: 60 }, () => scribe.line()).join("");
  await writeFile(join(place, "projects/engine", `${scribe.session}.jsonl`), lines);
  await system.start();
  for (const [at, text] of HOSTILE.entries()) await say("hostile", `h-${at}`, text);
  await system.settled(60 + HOSTILE.length);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await leave(place, system);
}, 60_000);

async function say(session_id: string, id: string, text: string): Promise<void> {
  const author = { name: "mallory", role: "user" };
  const answer = await fetch(`${system.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ id, session_id, author, text }] }),
  });
  expect(answer.status).toBe(201);
}

test("what is said appears as it is said, and waits while the feed is paused", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/");
  await page.getByText("Quiet.").or(page.locator(".lines")).first().waitFor();
  await say("live", "l-1", "the first words of the live page");
  await page.getByText("the first words of the live page").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await say("live", "l-2", "words while it is paused");
  await page.getByRole("button", { name: /Go on \(1 new\)/ }).waitFor();
  expect(await page.getByText("words while it is paused").count()).toBe(0);
  await page.getByRole("button", { name: /Go on/ }).click();
  await page.getByText("words while it is paused").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("a session is found by typing, read, and linked to by message", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/sessions");
  await page.getByRole("searchbox").fill(scribe.session.slice(0, 13));
  await page.locator(`.session-row[href$="${scribe.session}"]`).click();
  await page.locator(".message").first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/sessions/${scribe.session}`);
  await page.locator(".message header a").nth(2).click();
  await page.locator(".message.aimed").waitFor();
  const link = page.url();
  const { page: other } = await openPage(browser, system.url);
  await other.goto(link);
  await other.locator(".message.aimed").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("B45: who comes back to the sessions, or to one, sees what was said meanwhile", async () => {
  const { page, faults } = await openPage(browser, system.url);
  const led = (name: string) => page.getByRole("navigation").getByText(name, { exact: true });
  await say("coming-back", "b-1", "the first words before leaving");
  await page.goto("/sessions");
  await page.locator(".session-row", { hasText: "the first words before leaving" }).click();
  await page.locator(".message", { hasText: "the first words before leaving" }).waitFor();
  await led("Sessions").click();
  await page.locator(".session-row").first().waitFor();
  await led("Jobs").click();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  await say("coming-back", "b-2", "words while nobody looked");
  await say("another", "b-3", "a session while nobody looked");
  await system.settled(60 + HOSTILE.length + 5);
  await led("Sessions").click();
  await page.locator(".session-row", { hasText: "a session while nobody looked" }).waitFor();
  await page.locator(".session-row", { hasText: "the first words before leaving" }).click();
  await page.locator(".message", { hasText: "words while nobody looked" }).waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("where there is no room beside a session its outline is folded above it, and leads on", async () => {
  const { page, faults } = await openPage(browser, system.url, { width: 375 });
  await page.goto(`/sessions/${scribe.session}`);
  await page.locator(".message").first().waitFor();
  await page.locator(".outline summary").click();
  expect(["outline", await barriers(page)]).toEqual(["outline", []]);
  await page.locator(".outline a").nth(3).click();
  await page.locator(".message.aimed").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
  expect(faults).toEqual([]);
}, 60_000);

test("the search marks what it finds, and its address can be sent to somebody", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/");
  await page.locator("h1").waitFor();
  await page.keyboard.press("/");
  await page.getByRole("searchbox").fill("journal");
  await page.locator(".hit mark").first().waitFor();
  const { page: other } = await openPage(browser, system.url);
  await other.goto(page.url());
  await other.locator(".hit mark").first().waitFor();
  await other.locator(".hit").first().click();
  await other.locator(".message.aimed").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("A14: no text runs, loads or asks for anything, wherever it is shown", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/");
  await page.locator("h1").waitFor();
  for (const [at, text] of HOSTILE.entries()) await say("live", `again-${at}`, text);
  await page.getByText("onload=alert(1)").first().waitFor();
  await page.goto("/sessions/hostile");
  await page.locator(".message", { hasText: "constructor.constructor" }).waitFor();
  await page.goto("/search?q=alert");
  await page.locator(".hit").first().waitFor();
  await page.goto(`/search?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
  await page.locator("h1").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("numbers of what was set aside lead to the records, why they are, and their bytes", async () => {
  const odd = JSON.stringify({ type: "response_item", of: "another tool" });
  const before = await system.settled();
  await writeFile(join(place, "projects/engine", "odd.jsonl"), `${odd}\n`);
  await system.settled(before.heard + 1);
  const { page, faults } = await openPage(browser, system.url, { width: 375 });
  const row = page.locator(".long-row", { hasText: "no parser for source jsonl" });
  await page.goto("/");
  await page.locator('.figures a[href="/aside"]').click();
  await row.getByText("odd.jsonl").waitFor();
  await row.getByRole("button", { name: "Show the record" }).click();
  await row.getByText(odd).waitFor();
  expect(["aside", await barriers(page)]).toEqual(["aside", []]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
  await page.goto("/analytics");
  await page.getByRole("link", { name: "1 record could not be read" }).click();
  await row.waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("pages are led through by keys, and no barrier is in the way of anybody", async () => {
  for (const dark of [false, true]) {
    const { page, faults } = await openPage(browser, system.url, { dark });
    await page.goto("/");
    await page.locator("h1").waitFor();
    for (const [letter, title] of [
      ["s", "Sessions"],
      ["f", "Search"],
      ["n", "Now"],
    ] as const) {
      await page.locator("h1").click();
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      expect([title, await barriers(page)]).toEqual([title, []]);
    }
    await page.goto(`/sessions/${scribe.session}`);
    await page.locator(".message").first().waitFor();
    expect(["session", await barriers(page)]).toEqual(["session", []]);
    expect(faults).toEqual([]);
  }
}, 120_000);

test("on a telephone nothing is wider than the screen", async () => {
  const { page, faults } = await openPage(browser, system.url, { width: 375 });
  for (const path of ["/", "/sessions", `/sessions/${scribe.session}`, "/search?q=journal"]) {
    await page.goto(path);
    await page.locator("main h1").waitFor();
    await page.locator(".line, .long-row, .lines, .empty, .soft").first().waitFor();
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    expect([path, wide]).toEqual([path, 375]);
  }
  expect(faults).toEqual([]);
}, 60_000);

test("while the server is away the page says so, and goes on by itself", async () => {
  const { page } = await openPage(browser, system.url);
  await page.goto("/sessions");
  await page.locator(".session-row").first().waitFor();
  await system.stop();
  await page.getByText("the server does not answer").first().waitFor();
  expect(await page.locator(".session-row").count()).toBeGreaterThan(0);
  await system.start();
  await page.getByText("recording").waitFor({ timeout: 60_000 });
}, 180_000);

test("all that the page loads is less than 350 kB on its way", async () => {
  const page = await (await fetch(system.url)).text();
  const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
  const sizes = await Promise.all(
    files.map(async (path) => {
      const zipped = { headers: { "accept-encoding": "gzip" }, decompress: false };
      return (await (await fetch(system.url + path, zipped)).bytes()).length;
    }),
  );
  expect(files.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThan(LOADED_BYTES_MAX);
});

test("an address that is not leads to a page that says so, and programs are told as before", async () => {
  const { page, faults } = await openPage(browser, system.url);
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await page.getByText("There is no such page").waitFor();
  const told = await fetch(`${system.url}/nowhere`);
  expect(told.status).toBe(404);
  expect(told.headers.get("content-type")).toStartWith("application/problem+json");
  expect(faults).toEqual([]);
}, 30_000);
