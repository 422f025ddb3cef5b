/**
 * `bun scripts/pictures.ts`: the pictures of the documentation, every page of the
 * dashboard in both themes, from a system of its own with words of nobody.
 *
 * Needs Debian's chromium, as `npm test` installs it; pngquant makes them smaller
 * where there is one.
 */
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, openPage } from "../tests/world/browser.ts";
import { answerOf, leave, printed, systemIn } from "../tests/world/place.ts";
import type { System } from "../tests/world/system.ts";
import { numbersFrom } from "../tests/world/transcripts.ts";
import { tellWalk } from "../tests/world/walk.ts";

const ROOT = join(import.meta.dir, "..");
const SAMPLE = join(ROOT, "packages/cli/src/up/sample");
const TO = join(ROOT, "docs/pictures");
const [WIDTH, HEIGHT] = [1120, 720];
const DAYS = 30;
const DAY_MS = 86_400_000;

/** Name of the picture, address, and what must be there before it is taken. */
const PAGES = [
  ["now", "/", ".lines .line"],
  ["sessions", "/sessions", "main a[href^='/sessions/']"],
  ["session", "/sessions/5a3b1c9e-0000-4000-8000-000000000001", ".message"],
  ["search", "/search?q=lamp", "mark"],
  ["messages", "/messages?author=keeper", ".long-row"],
  ["journey", "/journey/evening-walk", ".chart"],
  ["analytics", "/analytics", "#over-time .column"],
  ["jobs", "/jobs", "table.queues"],
  ["archive", "/archive", ".shares"],
  ["settings", "/settings", "main table"],
] as const;

/** Who says what to whom; # is a number that is never the same. */
const TALK = [
  ["keeper", "planner", "Lamp # turns once in ten seconds; the log has each turn."],
  ["planner", "keeper", "Please check why # turns are missing after midnight."],
  ["keeper", "planner", "Fixed: the clock of lamp # was set back. Tests pass now."],
  ["reviewer", "keeper", "Should we keep log # beside the new one?"],
  ["planner", "reviewer", "We decided to keep one writer for lamp #."],
  ["keeper", "reviewer", "Blocked: waiting for the benchmark of lens #."],
  ["reviewer", "keeper", "Migration # of the database is approved, please deploy it."],
] as const;
const MODELS = ["claude-opus-4-6", "claude-sonnet-4-5", "gpt-5"] as const;

let told = 0;

/** Something that somebody said to somebody, so many milliseconds ago. */
function saying(random: () => number, session_id: string, ago: number): object {
  told += 1;
  const [name = "", receiver = "", text = ""] = TALK[Math.floor(random() * TALK.length)] ?? [];
  const tokens = 200 + Math.floor(random() * 4000);
  return {
    ...{ id: `talk-${told}`, session_id, receiver, text: text.replace("#", String(told)) },
    author: { name, role: "agent" },
    model: MODELS[told % MODELS.length],
    usage: { input_tokens: tokens * 5, output_tokens: tokens },
    said_at: new Date(Date.now() - ago).toISOString(),
  };
}

/** A month of agents that talk, more on some days than on others. */
async function tellTalk(system: System, random: () => number): Promise<void> {
  for (let day = DAYS; day >= 0; day -= 1) {
    const messages = Array.from({ length: 4 + Math.floor(random() * 14) }, () =>
      saying(random, `watch-${day % 6}`, day * DAY_MS + Math.floor(random() * 30_000_000) + 60_000),
    );
    await answerOf(system, "POST", "/v1/messages", { messages });
  }
}

/** What comes while the live feed is looked at. */
async function tellNow(system: System, random: () => number): Promise<void> {
  for (let at = 0; at < 9; at += 1)
    await answerOf(system, "POST", "/v1/messages", { messages: [saying(random, "watch-0", 0)] });
}

async function takeAll(browser: Browser, system: System, random: () => number): Promise<void> {
  for (const dark of [false, true]) {
    const { page } = await openPage(browser, system.url, { dark, width: WIDTH });
    await page.setViewportSize({ width: WIDTH, height: HEIGHT });
    for (const [name, address, shown] of PAGES) {
      await page.goto(address);
      await page.locator(".figures, main h1").first().waitFor();
      if (name === "now") await tellNow(system, random);
      await page.locator(shown).first().waitFor();
      await page.waitForLoadState("load");
      await page.evaluate("document.fonts.ready");
      const path = join(TO, `${name}-${dark ? "dark" : "light"}.png`);
      await page.screenshot({ path, animations: "disabled" });
      if (Bun.which("pngquant") !== null)
        Bun.spawnSync(["pngquant", "--force", "--skip-if-larger", "--output", path, path]);
      process.stdout.write(`${path} ${Bun.file(path).size} bytes\n`);
    }
  }
}

await mkdir(TO, { recursive: true });
const { place, system } = await systemIn("pictures");
try {
  await cp(SAMPLE, join(place, "projects"), { recursive: true });
  await system.start();
  const random = numbersFrom(7);
  await tellTalk(system, random);
  await tellWalk(system);
  await system.settled(1);
  await printed(system, "checkpoint", "--label", "first");
  await printed(system, "report");
  const browser = await openBrowser();
  await takeAll(browser, system, random);
  await browser.close();
} finally {
  await leave(place, system);
}
