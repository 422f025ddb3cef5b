/** Showing how existing transcripts are taken in, until everything that was there is heard. */
import type { IngestStatus, Intake } from "@verbatim/core";
import type { Screen } from "../render/screen.ts";
import { manyText } from "../render/text.ts";

const ASK_MS = 200;

/** Returns when no source is catching up any more, or on the signal. */
export async function progressUntilLive(
  intake: Intake,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  const bar = screen.bar("recording what is there");
  try {
    while (!signal.aborted) {
      const status = await intake.status().catch(() => null);
      if (status !== null) {
        bar.update(totalOf(status));
        if (status.sources.every((one) => one.state !== "catching up")) return;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  } finally {
    bar.end();
  }
}

function totalOf(status: IngestStatus): {
  readonly done: number;
  readonly total: number;
  readonly note: string;
} {
  const total = status.sources.reduce((sum, one) => sum + one.bytes_total, 0);
  const behind = status.sources.reduce((sum, one) => sum + one.bytes_behind, 0);
  const files = status.sources.reduce((sum, one) => sum + one.files, 0);
  return {
    done: total - behind,
    total,
    note: `${manyText(files, "file")}, ${manyText(status.heard, "record")}`,
  };
}
