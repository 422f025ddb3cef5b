/** Files that may hold what waits to be forgotten: they are given again when the workers have been through them (A50). */
import { VerbatimError } from "@verbatim/core";
import type { Forgets } from "./asked.ts";

/** Throws `conflict` while anything waits. */
export function refuseWhileForgetting(forgets: Pick<Forgets, "isAnyPending">): void {
  if (!forgets.isAnyPending()) return;
  throw new VerbatimError(
    "conflict",
    "something is being forgotten that this file may hold; it is given when that is done: GET /v1/forgets says what it waits for",
  );
}
