/** Jobs, the archive, and one session as people meet them: a real browser on a running system. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { barriers, openBrowser, openPage } from "./world/browser.ts";
import { leave, systemIn } from "./world/place.ts";
import { READING, readingTranscript } from "./world/reading.ts";
import type { System } from "./world/system.ts";
import { scribeFrom, transcriptOf } from "./world/transcripts.ts";

let place: string;
let system: System;
let browser: Browser;

beforeAll(async () => {
  ({ place, system } = await systemIn("dashboard-jobs"));
  await mkdir(join(place, "projects/engine"), { recursive: true });
  await writeFile(join(place, "projects/engine", `${READING}.jsonl`), readingTranscript());
  await system.start();
  await system.settled(readingTranscript().trimEnd().split("\n").length);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await leave(place, system);
}, 60_000);

async function post(path: string, body: unknown): Promise<Response> {
  return await fetch(`${system.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** What the browser saved while something was done. */
async function saved(page: Page, work: () => Promise<void>): Promise<[string, string]> {
  const [download] = await Promise.all([page.waitForEvent("download"), work()]);
  return [download.suggestedFilename(), await textOf(download)];
}

async function textOf(download: Download): Promise<string> {
  return await readFile(await download.path(), "utf8");
}

test("an export is started and its file is saved, of all sessions and of one", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/jobs");
  const all = page.getByRole("form", { name: "Export" });
  await all.getByLabel("as").selectOption("jsonl");
  const [name] = await saved(page, () => all.getByRole("button").click());
  expect(name).toMatch(/\.tar$/);
  await all.getByText(`Saved ${name}`).waitFor();
  await page.locator(".files a", { hasText: name }).waitFor();
  await page.goto(`/sessions/${READING}`);
  const [one, text] = await saved(page, () => page.getByRole("button", { name: "Export" }).click());
  expect(one).toMatch(/\.md$/);
  expect(text).toContain("why the torn tail is read twice");
  expect(faults).toEqual([]);
}, 90_000);

test("X60: the original file is saved from the session's page and from Archive, byte for byte", async () => {
  const { page, faults } = await openPage(browser, system.url);
  const original = createHash("sha256").update(readingTranscript()).digest("hex");
  const restored = async (name: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/[.]tar$/);
    await page.getByText(`Saved ${download.suggestedFilename()}: 1 file,`).waitFor();
    const out = await mkdtemp(join(place, "back-"));
    await Bun.$`tar -xpf ${await download.path()} -C ${out}`.quiet();
    await Bun.$`sha256sum -c SHA256SUMS`.cwd(out).quiet();
    const file = await readFile(join(out, `claude-code/engine/${READING}.jsonl`));
    return createHash("sha256").update(file).digest("hex");
  };
  await page.goto(`/sessions/${READING}`);
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText(`verbatim restore ${READING} --out ./back`).waitFor();
  expect(await restored("Save the original files")).toBe(original);
  await page.goto("/archive");
  expect(await restored("Save all original files")).toBe(original);
  expect(["archive", await barriers(page)]).toEqual(["archive", []]);
  await page.getByPlaceholder("all of them").fill("no-such-session");
  await page.getByRole("button", { name: "Save the original files" }).click();
  await page.getByText("the journal holds no file that fits").waitFor();
  expect(faults).toEqual([]);
}, 90_000);

test("a checkpoint and a report are started, and the checkpoints are found whole", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/jobs");
  await page.getByLabel("label").fill("from the page");
  await page.getByRole("button", { name: "Make a checkpoint" }).click();
  await page.getByText("It appears under Archive").waitFor();
  await page.getByRole("button", { name: "Make a report" }).click();
  await page.getByRole("link", { name: "Markdown" }).first().waitFor();
  await page.getByRole("button", { name: "Catch up" }).click();
  await page.getByText("everything up to #").waitFor();
  await page.keyboard.press("Escape");
  await page.goto("/archive");
  await page.getByText("not verified").first().waitFor();
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Whole.").waitFor();
  await page.getByRole("cell", { name: "whole" }).first().waitFor();
  expect(await page.getByText("current_session.jsonl").count()).toBe(1);
  expect(faults).toEqual([]);
}, 90_000);

test("a job that failed says why, and is tried again with a click", async () => {
  const { page, faults } = await openPage(browser, system.url);
  const scribe = scribeFrom(11);
  const file = join(place, `${scribe.session}.jsonl`);
  expect((await post("/v1/imports", { paths: [file] })).status).toBe(202);
  await page.goto("/jobs?state=failed&queue=ingest");
  const row = page.locator(".jobs li", { hasText: file });
  await row.locator(".job-why").waitFor();
  await writeFile(file, transcriptOf(11, 8));
  await row.getByRole("button", { name: /Retry/ }).click();
  await page.getByText("No failed job").waitFor();
  await page.getByRole("combobox", { name: "state" }).selectOption("completed");
  await page.locator(".jobs li", { hasText: file }).waitFor();
  expect(new URL(page.url()).search).toContain("state=completed");
  expect(faults).toEqual([]);
}, 90_000);

test("a session is read with its subagent, turns, forks, pictures, edits and records", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto(`/sessions/${READING}`);
  const agent = page.locator(".agent");
  await agent.locator("summary", { hasText: "Search the journal for readers" }).waitFor();
  expect(await page.getByText("Two readers open the same segment.").count()).toBe(0);
  await agent.locator("summary").first().click();
  await agent.getByText("Two readers open the same segment.").waitFor();
  expect(await agent.count()).toBe(1);
  await page.locator(".turn-line").first().getByText("cache").waitFor();
  await page.locator(".forks").first().getByText("Said in 2 ways").waitFor();
  await page.locator(".compaction summary").waitFor();
  const edit = page.locator(".tool-failed");
  await edit.locator("summary").click();
  await edit.locator(".added", { hasText: "+ readOnce(tail);" }).waitFor();
  await edit.locator(".removed", { hasText: "- read(tail);" }).waitFor();
  const picture = page.locator(".picture img");
  await picture.waitFor();
  expect(await picture.evaluate((one) => "naturalWidth" in one && one.naturalWidth)).toBe(1);
  await page.locator(".findings summary").first().click();
  await page
    .getByRole("button", { name: /Show the record/ })
    .first()
    .click();
  await page.locator(".raw pre", { hasText: '"uuid":"u-1"' }).waitFor();
  const [, raw] = await saved(page, () =>
    page.getByRole("link", { name: "Save it" }).first().click(),
  );
  expect(raw).toBe(`${readingTranscript().split("\n")[0]}\n`);
  expect(["session", await barriers(page)]).toEqual(["session", []]);
  expect(faults).toEqual([]);
}, 90_000);

test("what was found is walked through by keys, and narrowed with a click", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/search?q=readers");
  await page.locator(".hit").nth(1).waitFor();
  await page.locator("input[type=search]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await page.evaluate("document.activeElement.className")).toBe("hit");
  await page.keyboard.press("Enter");
  await page.locator(".message.aimed").waitFor();
  await page.goBack();
  await page.locator(".facet button", { hasText: "tool" }).first().click();
  await page.waitForURL(/(role|author)=tool/);
  await page.getByText(/^1 found/).waitFor();
  await page.goto("/sessions?failed=true&agent=claude-opus-4-6");
  await page.locator(".session-row").first().waitFor();
  expect(await page.locator(".session-row").count()).toBe(1);
  const cost = page.getByLabel("cost from $");
  await cost.fill("0.01");
  await page.waitForURL(/min_cost=0.01/);
  await page.locator(".session-row", { hasText: "$" }).waitFor();
  await cost.fill("900");
  await page.getByText("No session fits").waitFor();
  await page.goto("/sessions?model=another");
  await page.getByText("No session fits").waitFor();
  expect(faults).toEqual([]);
}, 90_000);

test("Jobs and Archive are led to by keys, are in nobody's way, and fit a telephone", async () => {
  for (const look of [{}, { dark: true }, { width: 375 }]) {
    const { page, faults } = await openPage(browser, system.url, look);
    await page.goto("/");
    await page.locator("main h1").waitFor();
    for (const [letter, title, shows] of [
      ["b", "Jobs", "table.queues"],
      ["r", "Archive", ".shares"],
    ] as const) {
      await page.locator("main h1").click();
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.locator(shows).waitFor();
      expect([title, look, await barriers(page)]).toEqual([title, look, []]);
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      expect([title, wide]).toEqual([title, "width" in look ? 375 : 1280]);
    }
    expect(faults).toEqual([]);
  }
}, 120_000);

/** Bytes that the page's scripts hold on to, after everything else was taken away. */
async function heldBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  // What was let go in one pass lets go of more.
  for (let pass = 0; pass < 3; pass += 1) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/** More than the page draws and keeps around two equal looks; an hour of messages is five times as much. */
const STEADY_BYTES = 4_000_000;
const AN_HOUR = 3600;
const BATCH = 600;

test("B43: after an hour's worth of messages the page holds no more than before", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/");
  await page.getByText("Quiet.").waitFor();
  let said = 0;
  const say = async (count: number): Promise<void> => {
    for (const end = said + count; said < end; ) {
      const messages = Array.from({ length: BATCH }, (_, at) => ({
        id: `hour-${said + at}`,
        session_id: "an-hour",
        author: { name: `agent-${at % 7}`, role: "agent" },
        receiver: "everybody",
        text: `${said + at} of an hour: ${"words that are kept ".repeat(40)}`,
      }));
      expect((await post("/v1/messages", { messages })).status).toBe(201);
      said += BATCH;
      await page.getByText(`${said - 1} of an hour:`).waitFor({ timeout: 60_000 });
    }
  };
  await say(BATCH);
  const before = await heldBytes(page);
  await say(AN_HOUR);
  const after = await heldBytes(page);
  expect(await page.locator(".lines li").count()).toBe(200);
  expect(after - before).toBeLessThan(STEADY_BYTES);
  expect(faults).toEqual([]);
}, 240_000);

test("A40: bull-board loads behind the key, changes something there, and not without", async () => {
  const made = await system.cli("keys", "add", "operator", "--scope", "admin", "--json");
  const { token } = JSON.parse(made.out);
  const { page, faults } = await openPage(browser, system.url);
  expect((await page.goto("/queues"))?.status()).toBe(401);
  expect((await page.goto("/queues/api/queues"))?.status()).toBe(401);
  await page.goto("/jobs");
  await page.getByRole("link", { name: "Log in" }).first().click();
  await page.getByLabel("API key").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
  await page.goto("/jobs");
  await page.getByRole("link", { name: "Open bull-board" }).click();
  await page.getByText("session-snapshot").first().waitFor();
  const paused = await page.evaluate(async () => {
    const answer = await fetch("/queues/api/queues/webhook/pause", { method: "PUT" });
    return answer.status;
  });
  expect(paused).toBe(200);
  await page.goto("/jobs");
  await page.locator("tr", { hasText: "webhook" }).getByText("paused").waitFor();
  expect(faults).toEqual([]);
}, 90_000);
