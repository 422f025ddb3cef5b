/** `verbatim status`: asked of what runs, or read from the journal when nothing does. */
import { join } from "node:path";
import type { StatusAnswer } from "@verbatim/api/contract";
import { FILES, VerbatimError } from "@verbatim/core";
import { homeSizes } from "@verbatim/drivers/files";
import { openJournalReader } from "@verbatim/drivers/journal";
import { clientOf } from "../client.ts";
import { sizesText } from "../render/sizes.ts";
import { checkpointText, statusText } from "../render/status.ts";
import { bytesText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { checkpointsStatus } from "./checkpoints.ts";

export async function status(global: Global, surface: Surface): Promise<void> {
  const client = clientOf(global, surface);
  try {
    const answer = await client.get<StatusAnswer>("/v1/status");
    surface.out(
      global.json === true
        ? `${JSON.stringify(answer, null, 2)}\n`
        : statusText(answer, client.url, surface),
    );
  } catch (error) {
    if (
      !(error instanceof VerbatimError) ||
      error.code !== "api_unreachable" ||
      global.url !== undefined
    )
      throw error;
    await offline(global, surface);
  }
}

async function offline(global: Global, surface: Surface): Promise<void> {
  const journal = openJournalReader(join(global.home, FILES.journal));
  const segments = await journal.segments();
  const heard = await journal.last();
  const sizes = heard === 0 ? null : await homeSizes(global.home, journal, Date.now());
  const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
  const checkpoints = await checkpointsStatus(global.home, heard);
  if (global.json === true) {
    const answer = {
      running: false,
      heard,
      stored: null,
      aside: null,
      behind: null,
      last_record_age_ms: null,
      segments: segments.length,
      journal_bytes: bytes,
      checkpoints,
      sizes,
    };
    surface.out(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  surface.out(`${surface.colours.bold("Verbatim")} is not running on ${global.home}\n`);
  surface.out(
    `  heard ${manyText(heard, "record")} in ${manyText(segments.length, "segment")}, ${bytesText(bytes)}\n`,
  );
  surface.out(`${checkpointText(checkpoints, surface)}\n`);
  if (sizes !== null) surface.out(`${sizesText(sizes)}\n`);
  surface.out(
    `  ${surface.colours.dim("start it: verbatim up; read the journal without it: verbatim log")}\n`,
  );
}
