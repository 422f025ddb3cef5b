/** Reports: asked for of whoever keeps the numbers, and put together. */
import { invariant } from "../errors.ts";
import type { Numbers } from "./port.ts";
import type { Report, ReportAsk } from "./report-shape.ts";

/** Asks for the numbers of a period and of the one before, and makes the report of them. */
export async function gather(_numbers: Numbers, _ask: ReportAsk): Promise<Report> {
  invariant(false, "follows in the next commit");
}
