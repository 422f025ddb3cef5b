/** Journey, Analytics and Settings as people meet them: a real browser on a running system. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { barriers, openBrowser, openPage } from "./world/browser.ts";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { scribeFrom } from "./world/transcripts.ts";
import { tellWalk } from "./world/walk.ts";

const HOSTILE = "<img src=x onerror=alert('name')>";
const PAGES = [
  "/analytics?period=all",
  "/journey",
  "/journey/evening-walk",
  "/messages?author=ada",
  "/settings",
];

const scribe = scribeFrom(11);
let place: string;
let system: System;
let browser: Browser;

beforeAll(async () => {
  ({ place, system } = await systemIn("numbers"));
  await mkdir(join(place, "projects/engine"), { recursive: true });
  const lines = Array.from({ length: 60 }, () => scribe.line()).join("");
  await writeFile(join(place, "projects/engine", `${scribe.session}.jsonl`), lines);
  await system.start();
  await tellWalk(system);
  const hostile = { name: HOSTILE, role: "user" };
  for (let at = 0; at < 3; at += 1)
    await tell("POST", "/v1/messages", {
      messages: [{ session_id: "talk", author: hostile, text: `the deck ${at} ${HOSTILE}` }],
    });
  await system.settled(73);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await leave(place, system);
}, 60_000);

async function tell(method: string, path: string, body: object, key = ""): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
  };
  return await fetch(system.url + path, { method, headers, body: JSON.stringify(body) });
}

/** The file that a button gives. */
async function given(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return await readFile(await file.path());
}

test("B30: a bar, a column and a figure lead to the messages they are made of", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/analytics?period=all");
  const bar = page.locator("#speakers a.bar").filter({ hasText: HOSTILE.slice(0, 8) });
  expect(await bar.textContent()).toContain("3 ·");
  await bar.click();
  await page.getByRole("heading", { level: 1, name: "Messages" }).waitFor();
  await page.locator(".long-row").nth(2).waitFor();
  expect(await page.locator(".long-row").count()).toBe(3);
  await page.goBack();
  const counts = page.locator(".figure", { hasText: "messages that count" });
  const said = Number(await counts.locator(".figure-link").textContent());
  await counts.locator("a").click();
  await page.locator(".long-row").first().waitFor();
  expect(await page.locator(".long-row").first().getAttribute("aria-setsize")).toBe(`${said}`);
  await page.goBack();
  await page.locator("#over-time .column").last().click();
  await page.locator(".long-row").first().waitFor();
  expect(new URL(page.url()).searchParams.get("since")).toMatch(/^\d{4}-/);
  await page.goto("/analytics?period=all&by=model");
  await page.locator("#tokens-and-cost tbody a").first().click();
  await page.locator(".long-row").first().waitFor();
  expect(new URL(page.url()).searchParams.get("model")).not.toBeNull();
  expect(faults).toEqual([]);
}, 60_000);

test("A30: a model in a question leaves what that model said, in listings and searches", async () => {
  const asked = async (path: string): Promise<readonly { readonly model?: string | null }[]> => {
    const answer = await fetch(system.url + path);
    return (await jsonOf<{ data: readonly { model?: string | null }[] }>(answer)).data;
  };
  const all = await asked("/v1/messages?limit=500");
  const model = all.find((one) => typeof one.model === "string")?.model ?? "";
  const of = all.filter((one) => one.model === model).length;
  expect(of).toBeGreaterThan(0);
  expect(of).toBeLessThan(all.length);
  expect((await asked(`/v1/messages?limit=500&model=${model}`)).length).toBe(of);
  expect((await asked("/v1/search?q=the&limit=500")).length).toBeGreaterThan(0);
  expect(await asked("/v1/search?q=the&model=none")).toEqual([]);
}, 30_000);

test("what is chosen stands in the address, and a period is held against the one before", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/analytics?period=all");
  await page.locator("#score").waitFor();
  await page.locator(".bar select").first().selectOption("7d");
  await page.getByRole("button", { name: "words", exact: true }).click();
  await page.getByText("which was").waitFor();
  const { searchParams } = new URL(page.url());
  expect([searchParams.get("period"), searchParams.get("of")]).toEqual(["7d", "words"]);
  const { page: other } = await openPage(browser, system.url);
  await other.goto(page.url());
  await other.getByText("which was").waitFor();
  expect(await other.locator(".bar select").first().inputValue()).toBe("7d");
  const pressed = other.getByRole("button", { name: "words", exact: true });
  expect(await pressed.getAttribute("aria-pressed")).toBe("true");
  await other.goto("/analytics?since=2001-01-01&until=2001-01-02");
  await other.getByText("Nothing was said in this period").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("a chart is taken along as CSV and as PNG", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/analytics?period=all");
  await page.locator("#domains a.bar").first().waitFor();
  const csv = (await given(page, "Speakers as CSV")).toString();
  expect(csv).toStartWith("\uFEFFspeakers,count,share\r\n");
  expect(csv).toContain(`${HOSTILE},3,`);
  for (const title of ["Domains", "Over time", "In the week", "Score"]) {
    const png = await given(page, `${title} as PNG`);
    expect([title, png.subarray(1, 4).toString()]).toEqual([title, "PNG"]);
    expect(png.length).toBeGreaterThan(2000);
  }
  expect(faults).toEqual([]);
}, 60_000);

test("the week is gone through by arrow keys, and an hour leads to when it was", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/analytics?period=all");
  const cell = page.locator('.heat rect[tabindex="0"]');
  await cell.focus();
  await page.keyboard.press("Enter");
  await page.locator(".cell-hours a").first().waitFor();
  const before = new URL(page.url()).searchParams.get("cell");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL((url) => url.searchParams.get("cell") !== before);
  expect(await page.locator('.heat rect[aria-pressed="true"]:focus').count()).toBe(1);
  await page.keyboard.press("ArrowLeft");
  await page.locator(".cell-hours a").first().click();
  await page.locator(".long-row").first().waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("a journey shows what was felt and reached, and leads to what it rests on", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/journey");
  await page.locator(".session-row").first().click();
  await page.getByRole("heading", { level: 1, name: "ada" }).waitFor();
  expect(await page.locator(".felt").count()).toBe(3);
  expect(await page.locator(".phases h3").allTextContents()).toEqual([
    "anxious",
    "curious",
    "integrated",
  ]);
  await page.getByText("the call with her sister").waitFor();
  await page.locator(".reached-list", { hasText: "Asking comes first" }).waitFor();
  await page.locator(".citations li").nth(5).waitFor();
  await page.locator(".phases .evidence", { hasText: "putting off" }).click();
  await page.locator(".message.aimed", { hasText: "putting off" }).waitFor();
  await page.goto("/journey/nobody-there");
  await page.getByText("No chat session has this name").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("a rule of alerts is written and removed, and a wrong one is told why", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/settings");
  const part = page.locator("#alerts");
  await part.getByLabel("rule").fill("stuck");
  await part.getByLabel("number").fill("open.nothing");
  await part.getByLabel("amount").fill("3");
  await part.getByRole("button", { name: "Write it" }).click();
  await part.getByRole("alert").filter({ hasText: "open.nothing" }).waitFor();
  await part.getByLabel("number").fill("open.blocked");
  await part.getByRole("button", { name: "Write it" }).click();
  await part.getByText("open.blocked of 24 h above 3").waitFor();
  expect(await readFile(join(system.home, "alerts.json"), "utf8")).toContain('"stuck"');
  await part.getByRole("button", { name: "Remove stuck" }).click();
  await part.getByText("No rule yet.").waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test("A33: a taxonomy is tried before it is saved, then holds, and the first one comes back", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/settings");
  const part = page.locator("#taxonomy");
  await part.getByRole("button", { name: "Edit it" }).click();
  const save = part.getByRole("button", { name: "Save it" });
  expect(await save.isDisabled()).toBe(true);
  await part.getByRole("textbox").fill("{");
  await part.getByRole("button", { name: "Try it" }).click();
  await part.getByText("this is no JSON yet").waitFor();
  const decks = { about: "decks", terms: { deck: 9 } };
  const own = { name: "decks", version: 1, domains: { decks } };
  await part.getByRole("textbox").fill(JSON.stringify(own));
  await part.getByRole("button", { name: "Try it" }).click();
  await part.locator("tr", { hasText: "decks" }).getByText("3").waitFor();
  await part.getByRole("textbox").fill(JSON.stringify({ ...own, version: 2 }));
  expect(await save.isDisabled()).toBe(true);
  await part.getByRole("button", { name: "Try it" }).click();
  await save.click();
  await part.getByText("Your own").waitFor();
  await until("everything is counted by the new one", 60_000, async () => {
    const asked = await fetch(`${system.url}/v1/analytics/breakdown?of=domains`);
    const { data } = await jsonOf<{ data: readonly { name: string; count: number }[] }>(asked);
    return data.some(({ name, count }) => name === "decks" && count === 3);
  });
  await part.getByRole("button", { name: "Edit it" }).click();
  await part.getByRole("button", { name: "Back to the one" }).click();
  await part.locator(".panel-note", { hasText: "The one that comes with Verbatim" }).waitFor();
  const kept = await readFile(join(system.home, "taxonomy.before.json"), "utf8");
  expect(JSON.parse(kept)).toMatchObject({ name: "decks", version: 2 });
  // While it is counted again nobody is told that there is nothing.
  await page.goto("/analytics?period=all");
  await page.locator("#score").waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
}, 120_000);

test("no barrier is in the way of anybody, in either theme, and nothing is wider than a telephone", async () => {
  for (const look of [{ dark: false }, { dark: true }, { width: 375 }]) {
    const { page, faults } = await openPage(browser, system.url, look);
    for (const path of PAGES) {
      await page.goto(path);
      await page.locator("main h1").waitFor();
      await page.locator(".panel, .long-row").first().waitFor();
      // What appears gently is pale while it does.
      await until(`${path} has loaded`, 20_000, async () => {
        return (await page.locator(".waiting").count()) === 0;
      });
      const wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
      expect([path, look, wide]).toEqual([path, look, true]);
      expect([path, look, await barriers(page)]).toEqual([path, look, []]);
    }
    expect(faults).toEqual([]);
  }
}, 180_000);

// The last one: from here on everybody needs a key.
test("B33: a token is shown once, opens, and is nowhere else; what a page changes needs its own token", async () => {
  const { page, faults } = await openPage(browser, system.url);
  await page.goto("/settings");
  const part = page.locator("#keys");
  await part.getByLabel("name").fill("desk");
  await part.getByRole("button", { name: "Make it" }).click();
  const token = (await part.locator(".token code").textContent()) ?? "";
  expect(token).toMatch(/^vb_[\w-]{43}$/);
  await part.getByRole("button", { name: "Use it in this browser" }).click();
  await page.getByRole("button", { name: "Log out" }).waitFor();
  await part.getByText("(this browser)").waitFor();
  const kept = await page.evaluate(
    "document.documentElement.outerHTML + location.href + JSON.stringify([localStorage, sessionStorage]) + document.cookie",
  );
  expect(kept).not.toContain(token);
  await part.getByLabel("name").fill("phone");
  await part.getByRole("button", { name: "Make it" }).click();
  const phone = (await part.locator(".token code").textContent()) ?? "";
  await part.getByRole("button", { name: "I have it" }).click();
  expect(await page.content()).not.toContain(phone);
  await until("the new key opens as far as it goes", 10_000, async () => {
    const asked = await tell("POST", "/v1/keys", { name: "x", scopes: ["read"] }, phone);
    return asked.status === 403;
  });
  const forged = page.evaluate(
    "fetch('/v1/keys/phone', { method: 'DELETE' }).then((answer) => answer.status)",
  );
  expect(await forged).toBe(403);
  await part.getByRole("button", { name: "Revoke phone" }).click();
  await part.getByRole("button", { name: "Revoke for good" }).click();
  await part.getByText("(revoked)").waitFor();
  await until("the key opens nothing", 10_000, async () => {
    const asked = await fetch(`${system.url}/v1/me`, {
      headers: { authorization: `Bearer ${phone}` },
    });
    return asked.status === 401;
  });
  expect(faults).toEqual([]);
}, 60_000);
