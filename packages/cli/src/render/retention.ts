/** What was compressed, dropped, removed, asked to be forgotten and copied, as a person reads it. Pure. */
import type { Retained, RetainedStep } from "@verbatim/core/keeping";
import type { Surface } from "../surface.ts";
import { bytesText, columns, manyText, shown } from "./text.ts";

type Paint = Pick<Surface, "colours" | "widthOf">;

/** A line for each file, and the sum; `nothing` where there was nothing to do. */
export function retainedText(done: Retained, nothing: string, paint: Paint): string {
  if (done.steps.length === 0) return `${nothing}\n`;
  const rows = done.steps.map((one) => [
    "",
    one.do,
    one.place,
    shown(one.file),
    bytesText(one.bytes),
    `${one.age_days} d old`,
    outcomeOf(one, paint),
  ]);
  return `${columns(rows, paint.widthOf, [4, 5])}\n${sumOf(done)}\n`;
}

function outcomeOf(step: RetainedStep, { colours }: Paint): string {
  if (step.state === "planned") return "";
  if (step.state === "asked") return colours.green(`asked for, receipt ${step.receipt ?? ""}`);
  if (step.do === "copy" && step.state === "done") return colours.green("copied and read back");
  if (step.state === "failed") return colours.red(shown(step.why ?? "failed"));
  return colours.green(`${bytesText(step.saved_bytes)} saved`);
}

function sumOf({ dry_run, steps, bytes, saved_bytes, failed }: Retained): string {
  const of = `${manyText(steps.length, "file")}, ${bytesText(bytes)}`;
  if (dry_run) return `${of}: nothing was touched (--dry-run)`;
  const left = failed === 0 ? "" : `; ${manyText(failed, "file")} stayed as they were`;
  return `${of}: ${bytesText(saved_bytes)} saved${left}`;
}
