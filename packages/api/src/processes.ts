/** The processes of a running `up`, out of the file it keeps. */
import { z } from "zod";
import type { ProcessState } from "./contract.ts";

const upSchema = z.object({
  processes: z.array(
    z.object({
      name: z.string(),
      pid: z.number().nullable(),
      state: z.string(),
      restarts: z.number(),
      since: z.string(),
    }),
  ),
});

/** Nothing when the file is not there or not ours. */
export function processesOf(text: string): readonly ProcessState[] {
  try {
    const read = upSchema.safeParse(JSON.parse(text));
    return read.success ? read.data.processes : [];
  } catch {
    return [];
  }
}
