/** A report as Markdown. */
import { invariant } from "../errors.ts";
import type { Report } from "./report-shape.ts";

/** The report for people: the same text for the same report. */
export function reportMarkdown(_report: Report): string {
  invariant(false, "follows in the next commit");
}
