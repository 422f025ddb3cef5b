/** A real browser, Debian's Chromium, and what a page did that it must not. */
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
/** A page that is loaded for the first time is bundled first. */
const SHOWN_MS_MAX = 20_000;

/** Opens it; closed when disposed. `lan.test` is this machine under a name that is no secure origin, as in a network without https. */
export async function openBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--host-resolver-rules=MAP lan.test 127.0.0.1"];
  return await chromium.launch({ executablePath: CHROMIUM, args });
}

/** A page, and everything it asked for elsewhere, was refused, or failed with. */
export type Watched = { readonly page: Page; readonly faults: string[] };

/** A new page of a browser of its own, looked at while it is used. */
export async function openPage(
  browser: Browser,
  url: string,
  look: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: look.width ?? 1280, height: 900 },
    colorScheme: look.dark === true ? "dark" : "light",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(SHOWN_MS_MAX);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (said) => {
    if (/content security policy|violat/i.test(said.text())) faults.push(`policy: ${said.text()}`);
  });
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) faults.push(`elsewhere: ${asked}`);
  });
  return { page, faults };
}

/** What axe finds wrong that keeps somebody from using the page. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: here } = globalThis as unknown as { axe: typeof axe };
    return (await here.run()).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
    }));
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, where }) => `${id}: ${where.slice(0, 3).join("; ")}`);
}
