/** The dashboard where something is in its way: texts nobody can draw, names of every kind, refusals, and who was there before. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page, Route } from "playwright-core";
import { openBrowser, openPage } from "./world/browser.ts";
import { answerOf, leave, systemIn } from "./world/place.ts";
import { type System, until } from "./world/system.ts";

/** Texts that take more than a page has, when they are drawn as Markdown. */
const TANGLED = [
  `${">".repeat(6000)} the end of quotes`,
  `${"- ".repeat(3000)}the end of lists`,
  `\`\`\`bash\n${'"$('.repeat(3000)}\n\`\`\``,
  `\`\`\`ts\n${"`${".repeat(3000)}\n\`\`\``,
] as const;
/** Names of sessions that an address has to be careful with. */
const NAMES = ["100%", "a/b?c#d e", "a%2Fb", "%41", "\u05d0\u05d1\u05d2 \u{1f4ac}"] as const;

/** A session of many pages, of somebody with a long name that turns what is beside it. */
const LONG = Array.from({ length: 1000 }, (_, at) => ({
  session_id: "long",
  author: { name: `\u202e${"W".repeat(300)}`, role: at % 2 === 0 ? "user" : "assistant" },
  text: `message ${at} \`${"x".repeat(300)}\` ${"word ".repeat(at % 60)}`,
}));

let place: string;
let system: System;
let browser: Browser;

beforeAll(async () => {
  ({ place, system } = await systemIn("harm"));
  await system.start();
  for (const text of TANGLED) await say("tangled", text);
  await say("tangled", "words behind all of it");
  for (const name of NAMES) await say(name, `said in ${name}`);
  await answerOf(system, "POST", "/v1/messages", { messages: LONG });
  await system.settled(TANGLED.length + NAMES.length + 1 + LONG.length);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await leave(place, system);
}, 60_000);

async function say(session_id: string, text: string): Promise<void> {
  const author = { name: "mallory", role: "user" };
  await answerOf(system, "POST", "/v1/messages", { messages: [{ session_id, author, text }] });
}

const refusal = (status: number, detail: string) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ code: "busy", detail }),
});
const linkTo = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

test("B47: whatever was said, the session is read to its end", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/sessions/tangled");
  await page.locator(".message").first().waitFor();
  for (let down = 0; (await page.getByText("words behind all of it").count()) === 0; down += 1) {
    expect(down).toBeLessThan(100);
    await page.mouse.wheel(0, 800);
  }
  expect(faults).toEqual([]);
}, 120_000);

test("a session is at its own address, whatever it is called", async () => {
  const { page, faults } = await openPage(browser, system.url);
  for (const name of NAMES) {
    await page.goto(`/sessions/${encodeURIComponent(name)}`);
    await page.getByRole("heading", { level: 1, name: `said in ${name}` }).waitFor();
    await page.goto(`/journey/${encodeURIComponent(name)}`);
    await page.getByText("No chat session has this name").waitFor();
    await page.goto(`/search?q=${encodeURIComponent(name)}`);
    expect(await page.getByRole("searchbox").inputValue()).toBe(name);
  }
  expect(faults).toEqual([]);
}, 120_000);

test("a link to a message leads to it, however far down it is", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/search?q=%22message+700%22");
  await page.locator(".hit").first().click();
  const aimed = page.locator(".message.aimed", { hasText: "message 700" });
  await aimed.waitFor();
  await until("it stands at the top", 20_000, async () => {
    const { y = -1 } = (await aimed.boundingBox()) ?? {};
    return y >= -2 && y < 225;
  });
  expect(faults).toEqual([]);
}, 60_000);

test("an outline is of the whole session, and a link to nothing says so", async () => {
  const { page } = await openPage(browser, system.url);
  await page.goto("/sessions/long");
  await page
    .locator(".outline li")
    .nth(LONG.length / 2 - 1)
    .waitFor();
  await page.goto("/sessions/%2541#99999.0");
  await page.getByText("There is no message 99999.0").waitFor();
}, 30_000);

test("on a telephone nothing is wider than the screen, whatever somebody is called or wrote", async () => {
  const { page, faults } = await openPage(browser, system.url, { width: 375 });
  for (const path of ["/sessions/long", "/search?q=message", "/sessions/tangled", "/sessions"]) {
    await page.goto(path);
    await page.locator(".long-row").nth(1).waitFor();
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    expect([path, wide]).toEqual([path, 375]);
  }
  expect(faults).toEqual([]);
}, 60_000);

test("B48: a listing that is refused is asked again in its time, and says so", async () => {
  const { page } = await openPage(browser, system.url);
  let [asked, looks] = [0, 0];
  page.on("request", (request) => {
    if (request.url().endsWith("/v1/status")) looks += 1;
  });
  await page.route(/\/v1\/sessions\?/, async (route: Route) => {
    if (route.request().url().includes("cursor=")) {
      asked += 1;
      return await route.fulfill(refusal(429, "ask again in a while"));
    }
    const first = await (await route.fetch()).json();
    return await route.fulfill({ json: { ...first, has_more: true, next_cursor: "next" } });
  });
  await page.goto("/sessions");
  await page.getByText("ask again in a while").waitFor();
  expect(await page.locator(".session-row").count()).toBeGreaterThan(0);
  const before = looks;
  await until("the page looks on for a while", 30_000, async () => looks > before + 2);
  // Six seconds: a refusal that is answered at once is asked hundreds of times.
  expect(asked).toBeLessThan(10);
}, 60_000);

test("B45: a listing that is come back to has what was said in between", async () => {
  const { page } = await openPage(browser, system.url);
  await page.goto("/sessions");
  await page.locator(".session-row").first().waitFor();
  await linkTo(page, "Now").click();
  await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
  await say("in between", "said while another page was looked at");
  await system.settled(TANGLED.length + NAMES.length + 2 + LONG.length);
  await linkTo(page, "Sessions").click();
  await page.locator('.session-row[href$="in%20between"]').click();
  await page.locator(".message").first().waitFor();
  expect(await page.title()).toBe("Sessions · Verbatim");
  expect(await page.evaluate("document.activeElement.id")).toBe("main");
  await say("in between", "and said while it was read");
  await page.locator(".message", { hasText: "said while it was read" }).waitFor();
}, 60_000);

test("who reads a session goes on reading while the server cannot answer", async () => {
  const { page } = await openPage(browser, system.url);
  await page.goto("/sessions/100%25");
  await page.locator(".message").first().waitFor();
  await page.route(/\/v1\/sessions\/100%25$/, (route: Route) =>
    route.fulfill(refusal(503, "Postgres is away")),
  );
  await page.getByText("Postgres is away").waitFor();
  expect(await page.locator(".message").count()).toBe(1);
}, 60_000);

test("files that jobs left can be had while the queues cannot be asked", async () => {
  const { page } = await openPage(browser, system.url);
  await page.route(/\/v1\/queues$/, (route) => route.fulfill(refusal(503, "Redis is away")));
  await page.goto("/jobs");
  await page.getByText("Redis is away").first().waitFor();
  await page.getByRole("heading", { name: "Reports", exact: true }).waitFor();
}, 30_000);

test("days are those of whoever looks, also where a number led here", async () => {
  const context = await browser.newContext({
    baseURL: system.url,
    timezoneId: "America/Los_Angeles",
  });
  const page = await context.newPage();
  const [request] = await Promise.all([
    page.waitForRequest(/\/v1\/sessions\?/),
    page.goto("/sessions?since=2026-03-08&until=2026-03-09T07:00:00.000Z"),
  ]);
  // The clock is put forward on that day.
  const { searchParams } = new URL(request.url());
  expect(searchParams.get("since")).toBe("2026-03-08T08:00:00.000Z");
  expect(searchParams.get("until")).toBe("2026-03-09T07:00:00.000Z");
  await page.getByLabel("before").waitFor();
  expect(await page.getByLabel("before").inputValue()).toBe("2026-03-09");
  await context.close();
}, 60_000);

test("B49: in a network without https jobs are started with a key, and a logout leaves nothing behind", async () => {
  const made = await answerOf(system, "POST", "/v1/keys", { name: "boss", scopes: ["admin"] });
  const url = system.url.replace("127.0.0.1", "lan.test");
  const { page, faults } = await openPage(browser, url);
  await page.goto("/login");
  await page.getByLabel("API key").fill(String(made["token"]));
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Log out" }).waitFor();
  expect(await page.evaluate("isSecureContext")).toBe(false);
  await linkTo(page, "Jobs").click();
  await page.getByRole("button", { name: "Catch up" }).click();
  await page.getByText("Asked for: everything").waitFor();
  await page.setViewportSize({ width: 375, height: 800 });
  await linkTo(page, "Settings").click();
  await page.getByRole("button", { name: "Revoke boss" }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
  await linkTo(page, "Sessions").click();
  await page.locator(".session-row").first().waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
  await linkTo(page, "Sessions").click();
  await page.locator("main").getByText("This server wants a key").waitFor();
  expect(await page.locator(".session-row").count()).toBe(0);
  expect(faults).toEqual([]);
}, 60_000);
