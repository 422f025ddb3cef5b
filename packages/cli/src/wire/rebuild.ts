/** `verbatim rebuild`: empties the stores and follows while the workers make them again from the journal. */
import type { StatusAnswer } from "@verbatim/api/contract";
import { VerbatimError } from "@verbatim/core";
import { openHotStore } from "@verbatim/drivers/hot";
import { openLog } from "@verbatim/drivers/process";
import { openHints } from "@verbatim/drivers/queue";
import { openDeepStore } from "@verbatim/drivers/store";
import { type Client, clientOf } from "../client.ts";
import { countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { urlsOf } from "./verify.ts";

const ASK_MS = 200;
/** A store that has not come a step nearer for this long is not being made. */
const STUCK_MS = 60_000;

type RebuildOptions = Global & {
  readonly hot?: boolean;
  readonly deep?: boolean;
  readonly numbers?: boolean;
};

type Wanted = Readonly<Record<"hot" | "deep" | "numbers", boolean>>;

export async function rebuild(options: RebuildOptions, surface: Surface): Promise<void> {
  const wanted = wantedBy(options);
  const client = clientOf(options, surface);
  const before = await client.get<StatusAnswer>("/v1/status");
  const urls = urlsOf(options, surface);
  if (urls === null || before.ingest === null) {
    throw new VerbatimError(
      "service_missing",
      "a rebuild needs the workers: start them with verbatim up, on this machine, and try again",
    );
  }
  const heard = before.ingest.heard;
  if (wanted.hot) await using_(openHotStore(urls.redis), (hot) => hot.clear());
  if (wanted.deep) await using_(openDeepStore(urls.database), (deep) => deep.clear());
  else if (wanted.numbers)
    await using_(openDeepStore(urls.database), (deep) => deep.forgetNumbers());
  await using_(openHints(urls.redis, openLog("rebuild")), async (hints) => {
    hints.announce(heard);
    await followed(client, { heard, wanted, surface });
  });
  const after = await client.get<StatusAnswer>("/v1/status");
  surface.out(
    options.json === true
      ? `${JSON.stringify(after, null, 2)}\n`
      : `${namesOf(wanted)} made again from ${countText(heard)} entries: heard ${countText(after.heard)} = stored ${countText(after.stored)} + aside ${countText(after.aside)} + behind ${countText(after.behind)}\n`,
  );
}

/** Both stores where none was named; what is made again deep is counted again too. */
function wantedBy({ hot, deep, numbers }: RebuildOptions): Wanted {
  const all = hot !== true && deep !== true && numbers !== true;
  return {
    hot: all || hot === true,
    deep: all || deep === true,
    numbers: all || deep === true || numbers === true,
  };
}

function namesOf({ hot, deep, numbers }: Wanted): string {
  const names = [hot ? "Redis" : "", deep ? "Postgres" : "", numbers && !deep ? "the numbers" : ""];
  return names.filter((name) => name !== "").join(" and ");
}

async function using_<Opened extends AsyncDisposable>(
  opened: Opened,
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  await using held = opened;
  await work(held);
}

type Following = {
  readonly heard: number;
  readonly wanted: Wanted;
  readonly surface: Surface;
};

/** Asks until both are made; a store that stands still is given up on, and goes on by itself later. */
async function followed(client: Client, following: Following): Promise<void> {
  const { heard, surface } = following;
  const bar = surface.screen.bar("rebuilding");
  let furthest = -1;
  let since = Date.now();
  try {
    while (!surface.signal.aborted) {
      const done = await doneOf(client, following);
      bar.update({ done, total: heard, note: "entries" });
      if (done >= heard) return;
      if (done > furthest) since = Date.now();
      furthest = Math.max(furthest, done);
      if (Date.now() - since > STUCK_MS) {
        throw new VerbatimError(
          "postgres_unreachable",
          "the rebuild does not go on; see: verbatim status; it goes on by itself when what is away is back",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  } finally {
    bar.end();
  }
}

/** How far the slower of the wanted stores is. */
async function doneOf(client: Client, { heard, wanted }: Following): Promise<number> {
  const now = await client.get<StatusAnswer>("/v1/status").catch(() => null);
  const hot = wanted.hot ? (now?.hot_to ?? 0) : heard;
  const deep = wanted.deep ? (now?.indexed_to ?? 0) : heard;
  const numbers = wanted.numbers ? (now?.counted_to ?? 0) : heard;
  return Math.min(hot, deep, numbers);
}
