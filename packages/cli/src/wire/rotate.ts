/** `verbatim rotate`: seals the current segment, through the running writer or as the writer. */
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { openIntake } from "@verbatim/drivers/intake";
import { openJournal } from "@verbatim/drivers/journal";
import type { Global, Surface } from "../surface.ts";

export async function rotate(options: Global, surface: Surface): Promise<void> {
  const name = await sealed(options.home);
  if (options.json === true) return surface.out(`${JSON.stringify({ sealed: name })}\n`);
  surface.out(
    name === null
      ? "nothing to seal: the current segment is empty\n"
      : `sealed: ${join(options.home, FILES.journal, "archive", name)}\n`,
  );
}

async function sealed(home: string): Promise<string | null> {
  const intake = openIntake(join(home, FILES.intakeSocket));
  try {
    return await intake.rotate();
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "ingest_unreachable") throw error;
  } finally {
    await intake.close();
  }
  const journal = await openJournal({ dir: join(home, FILES.journal), program: "rotate" });
  try {
    return await journal.rotate();
  } finally {
    await journal.close();
  }
}
