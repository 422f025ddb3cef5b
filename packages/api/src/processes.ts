/** What a running `up` says in the file it keeps: its processes, and sources it looked for in vain. */
import { z } from "zod";
import type { NotFoundSource, ProcessState } from "./contract.ts";

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

const notFoundSchema = z.object({
  not_found: z.array(z.object({ source: z.string(), path: z.string() })),
});

/** Nothing when the file is not there or not ours. */
export function processesOf(text: string): readonly ProcessState[] {
  return readAs(upSchema, text)?.processes ?? [];
}

/** Nothing also when folders were named, and nothing was looked for. */
export function notFoundOf(text: string): readonly NotFoundSource[] {
  return readAs(notFoundSchema, text)?.not_found ?? [];
}

function readAs<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
