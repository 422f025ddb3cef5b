/**
 * What the workers say of the stores they keep, in a file under home: why one is
 * not added to although it answers. The workers write it, the API shows it.
 */
import { z } from "zod";

export type StoreName = "redis" | "postgres";

/** Null where nothing is wrong. */
export type StoreProblems = Readonly<Record<StoreName, string | null>>;

const NONE: StoreProblems = { redis: null, postgres: null };

const problemsSchema: z.ZodType<StoreProblems> = z.object({
  redis: z.string().nullable(),
  postgres: z.string().nullable(),
});

/** What the file says; nothing when it is not there or not ours. */
export function storeProblemsOf(text: string): StoreProblems {
  try {
    const read = problemsSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : NONE;
  } catch {
    return NONE;
  }
}
