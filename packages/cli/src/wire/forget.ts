/** `verbatim forget`: asked for, followed, and the receipt shown. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { ForgetListing, ForgetReceipt } from "@verbatim/api/contract";
import { FILES, VerbatimError } from "@verbatim/core";
import {
  FORGET_STEPS,
  type ForgetPlan,
  type ForgetWhat,
  hidden,
  plannedForget,
  wrongWith,
} from "@verbatim/core/forget";
import { openJournalReader } from "@verbatim/drivers/journal";
import { type Client, clientOf } from "../client.ts";
import { bytesText, columns, countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

/** How often a forget that is under way is asked how far it is. */
const ASK_MS = 300;
const NO_RECEIPT = "00000000-0000-4000-8000-000000000000";

type ForgetOptions = Global & {
  readonly user?: string;
  readonly message?: string;
  readonly conversation?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly wait: boolean;
};

export async function forget(
  session: string | undefined,
  options: ForgetOptions,
  surface: Surface,
): Promise<void> {
  const what: ForgetWhat = {
    session_id: session,
    message_id: options.message,
    user_id: options.user,
    conversation_id: options.conversation,
  };
  const wrong = wrongWith(what);
  if (wrong !== null)
    throw new VerbatimError("usage", `${wrong}; for example: verbatim forget --user ada --dry-run`);
  if (options.dryRun === true) return await wouldForget(what, options, surface);
  if (options.yes !== true && !(await isSure(what, surface)))
    throw new VerbatimError("usage", "nothing was forgotten");
  const client = clientOf(options, surface);
  const asked = { ...what, ...(options.reason === undefined ? {} : { reason: options.reason }) };
  const receipt = await client.post<ForgetReceipt>("/v1/forgets", asked);
  const end = options.wait ? await followed(receipt, client, surface) : receipt;
  shown(end, options, surface);
}

/** Nobody forgets somebody by a slip. */
async function isSure(what: ForgetWhat, surface: Surface): Promise<boolean> {
  if (!surface.terminal || process.stdin.isTTY !== true)
    throw new VerbatimError("usage", "this erases for good; say --yes where nobody can be asked");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const named = Object.values(what)
      .filter((one) => one !== undefined)
      .join(", ");
    const said = await asking.question(`Erase everything of ${named} for good? Type yes: `);
    return said.trim() === "yes";
  } finally {
    asking.close();
  }
}

/** What would go, from the journal alone. */
async function wouldForget(
  what: ForgetWhat,
  options: ForgetOptions,
  surface: Surface,
): Promise<void> {
  const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
  const journal = openJournalReader(join(options.home, FILES.journal));
  const bar = surface.screen.bar("looking", "steps");
  try {
    const seq = (await journal.last()) + 1;
    const asked = { receipt_id: NO_RECEIPT, seq, what: hidden(what, sha256) };
    const { signal } = surface;
    const plan = await plannedForget(
      asked,
      { journal, sha256 },
      {
        signal,
        tell: async (done, total) => bar.update({ done, total, note: "journal" }),
      },
    );
    bar.end();
    toldPlan(plan, options, surface);
  } finally {
    bar.end();
    await journal.close();
  }
}

function toldPlan(plan: ForgetPlan, options: Global, surface: Surface): void {
  const entries = plan.ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const { receipt_id: _, reworded, ...said } = plan;
  if (options.json === true) {
    surface.out(`${JSON.stringify({ entries, ...said, reworded: reworded.length }, null, 2)}\n`);
    return;
  }
  if (entries === 0) {
    surface.out("nothing in the journal belongs to that; see: verbatim sessions\n");
    return;
  }
  surface.out(
    `${columns(
      [
        ["entries", countText(entries)],
        ["bytes", bytesText(plan.bytes)],
        ["sessions", countText(plan.sessions.length)],
        ["files", countText(plan.files.length)],
        ["summaries reworded", countText(plan.reworded.length)],
        ["also of others", countText(plan.shared)],
      ],
      surface.widthOf,
    )}\n`,
  );
  for (const { path, whole } of plan.files)
    surface.out(
      `  passed over afterwards: ${path}${whole ? "" : " (it also holds something else)"}\n`,
    );
  surface.out("nothing was erased\n");
}

async function followed(
  receipt: ForgetReceipt,
  client: Client,
  surface: Surface,
): Promise<ForgetReceipt> {
  const bar = surface.screen.bar("forgetting", "steps");
  const told = new Set<string>();
  try {
    while (!surface.signal.aborted) {
      const now = await client.get<ForgetReceipt>(`/v1/forgets/${receipt.receipt_id}`);
      if (now.state === "done") return now;
      const done = FORGET_STEPS.indexOf(now.step);
      bar.update({ done, total: FORGET_STEPS.length - 1, note: now.step });
      if (now.problem !== null && !told.has(now.problem))
        surface.screen.line(`waits: ${now.problem}; it goes on by itself`);
      if (now.problem !== null) told.add(now.problem);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  } finally {
    bar.end();
  }
  throw new VerbatimError(
    "usage",
    `it goes on by itself; see: verbatim forget show ${receipt.receipt_id}`,
  );
}

export async function listForgets(options: Global, surface: Surface): Promise<void> {
  const listing = await clientOf(options, surface).get<ForgetListing>("/v1/forgets");
  if (options.json === true) return surface.out(`${JSON.stringify(listing, null, 2)}\n`);
  if (listing.data.length === 0)
    return surface.out("nothing was ever forgotten; see: verbatim forget --help\n");
  const rows = listing.data.map((one) => [
    one.receipt_id,
    one.state,
    one.asked_at,
    countText(one.counts["entries"] ?? 0),
    one.reason ?? "",
  ]);
  surface.out(
    `${columns([["receipt", "state", "asked", "entries", "reason"], ...rows], surface.widthOf, [3])}\n`,
  );
}

export async function showForget(id: string, options: Global, surface: Surface): Promise<void> {
  const client = clientOf(options, surface);
  const { data } = await client.get<ForgetListing>("/v1/forgets");
  const found = data.filter((one) => one.receipt_id.startsWith(id));
  const [one, more] = found;
  if (one === undefined)
    throw new VerbatimError("not_found", `there is no receipt ${id}; see: verbatim forget list`);
  if (more !== undefined)
    throw new VerbatimError("usage", `${found.length} receipts begin with ${id}; say more of it`);
  shown(one, options, surface);
}

function shown(receipt: ForgetReceipt, options: Global, surface: Surface): void {
  if (options.json === true) {
    surface.out(`${JSON.stringify(receipt, null, 2)}\n`);
    return;
  }
  const { green, yellow, dim } = surface.colours;
  const state = receipt.state === "done" ? green("done") : yellow(`pending (${receipt.step})`);
  const counts = Object.entries(receipt.counts).map(([name, count]) => [
    name.replaceAll("_", " "),
    countText(count),
  ]);
  surface.out(
    `${columns(
      [
        ["receipt", receipt.receipt_id],
        ["state", state],
        ["asked", receipt.asked_at],
        ["done", receipt.done_at ?? ""],
        ...(receipt.reason === null ? [] : [["reason", receipt.reason]]),
        ...counts,
      ],
      surface.widthOf,
    )}\n`,
  );
  if (receipt.problem !== null) surface.out(`waits: ${receipt.problem}\n`);
  for (const note of receipt.notes) surface.out(dim(`- ${note}\n`));
}
