/** Jobs in words: how far one is, and what it is about. */
import type { JobRow } from "@verbatim/core";
import { bytesText, countText } from "./figures.tsx";

/** How far a job is: 0 to 1 where that can be said, and in words. */
export type Far = { readonly part: number | null; readonly words: string };

/** By what the job itself last told. */
export function farOf(progress: unknown): Far {
  const told = numbersIn(progress);
  const { percent, bytes, bytes_total, done, total, records_new } = told;
  if (percent !== undefined) return { part: percent / 100, words: `${Math.round(percent)} %` };
  if (bytes !== undefined && bytes_total !== undefined && bytes_total > 0)
    return {
      part: bytes / bytes_total,
      words: `${bytesText(bytes)} of ${bytesText(bytes_total)}, ${countText(records_new ?? 0)} new records`,
    };
  if (done !== undefined && total !== undefined && total > 0)
    return {
      part: done / total,
      words: `${textIn(progress, "doing")}${countText(done)} of ${countText(total)}`,
    };
  return { part: null, words: "" };
}

/** What a job is about, on one line. */
export function aboutOf({ data, name, queue }: Pick<JobRow, "data" | "name" | "queue">): string {
  const fields: Readonly<Record<string, unknown>> = isFields(data) ? data : {};
  const paths = fields["paths"];
  if (Array.isArray(paths)) return paths.join(", ");
  if (typeof fields["format"] === "string") return exportWords(fields);
  if (typeof fields["up_to"] === "number") return `up to #${countText(fields["up_to"])}`;
  if (typeof fields["label"] === "string") return `label ${fields["label"]}`;
  if (queue === "rebuild")
    return ["hot", "deep", "numbers"].filter((one) => fields[one] === true).join(", ");
  return name === queue ? "" : name;
}

function exportWords(fields: Readonly<Record<string, unknown>>): string {
  const { format, filter, redact, all } = fields;
  const session = isFields(filter) ? String(filter["session"]) : "";
  const what = all === true ? "all sessions" : `session ${session}`;
  return `${what} as ${String(format)}${redact === true ? ", redacted" : ""}`;
}

function numbersIn(value: unknown): Readonly<Record<string, number | undefined>> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (typeof one === "number" ? [[name, one]] : [])),
  );
}

function textIn(value: unknown, name: string): string {
  const text = isFields(value) ? value[name] : undefined;
  return typeof text === "string" ? `${text}: ` : "";
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
