/** A status as a person reads it. Pure. */
import type { StatusAnswer } from "@verbatim/api/contract";
import type { Surface } from "../surface.ts";
import { sizesText } from "./sizes.ts";
import { bytesText, columns, countText, durationText, manyText, shown } from "./text.ts";

type Paint = Pick<Surface, "colours" | "widthOf">;

/** Blocks of lines: the sum, parts, sources, queues. */
export function statusText(status: StatusAnswer, url: string, paint: Paint): string {
  const { bold, dim, red, green } = paint.colours;
  const blocks = [
    `${bold("Verbatim")} ${dim(url)}`,
    sumText(status, paint),
    columns(
      Object.entries(status.parts).map(([name, part]) => [
        "",
        name,
        part.ok ? green("ok") : red(part.state),
        part.ok ? "" : (part.problem ?? ""),
      ]),
      paint.widthOf,
    ),
  ];
  if (status.processes.length > 0) {
    blocks.push(
      columns(
        status.processes.map((one) => [
          "",
          one.name,
          one.state === "running" ? one.state : red(one.state),
          dim(`pid ${one.pid ?? "-"}`),
          one.restarts === 0 ? "" : `${one.restarts} restarts`,
        ]),
        paint.widthOf,
      ),
    );
  }
  if (status.ingest !== null) blocks.push(sourcesText(status, paint));
  if (status.sizes !== null) blocks.push(sizesText(status.sizes));
  if (status.queues !== null) {
    blocks.push(
      columns(
        [
          ["", "queue", "waiting", "later", "active", "failed"],
          ...status.queues.map((one) => [
            "",
            one.queue,
            String(one.waiting),
            String(one.delayed),
            String(one.active),
            one.failed === 0 ? "0" : red(String(one.failed)),
          ]),
        ],
        paint.widthOf,
        [2, 3, 4, 5],
      ),
    );
  }
  blocks.push(checkpointText(status.checkpoints, paint), alertsText(status, paint));
  return `${blocks.filter((one) => one !== "").join("\n\n")}\n`;
}

/** How far checkpoints go. */
export function checkpointText(
  { last, to, since, problem }: StatusAnswer["checkpoints"],
  { colours }: Paint,
): string {
  if (problem !== null) return `  checkpoint  ${colours.red(shown(problem))}`;
  if (last === null)
    return colours.dim("  there is no checkpoint yet; verbatim checkpoint makes one now");
  const more = since === 0 ? "; nothing since" : `; ${manyText(since, "entry", "entries")} since`;
  return `  checkpoint  ${last}, up to ${countText(to)}${since === null ? "" : more}`;
}

/** What is wrong with the rules, and the alerts that hold; nothing when there is neither. */
function alertsText({ alerts }: StatusAnswer, { colours }: Paint): string {
  const { red } = colours;
  const wrong =
    alerts.problem === null ? [] : [`  ${red("alerts.json:")} ${shown(alerts.problem)}`];
  const firing = alerts.firing.map((name) => `  ${red("alert")}  ${shown(name)}`);
  return [...wrong, ...firing].join("\n");
}

function sumText(status: StatusAnswer, paint: Paint): string {
  const { bold, dim, yellow } = paint.colours;
  const behind =
    status.behind !== null && status.behind > 0
      ? yellow(countText(status.behind))
      : countText(status.behind);
  const sum = `  heard ${bold(countText(status.heard))} = stored ${countText(status.stored)} + aside ${countText(status.aside)} + behind ${behind}`;
  const age =
    status.last_record_age_ms === null
      ? "nothing has gone all the way through yet"
      : `the newest record that went all the way through was heard ${durationText(status.last_record_age_ms)} ago`;
  const said =
    status.messages === null || status.said === null
      ? ""
      : ` (${countText(status.said)} said, ${countText(status.messages - status.said)} of bookkeeping)`;
  const facts = `${manyText(status.messages, "message")}${said} in ${manyText(status.sessions, "session")}, ${status.repeats === 1 ? "1 record was a repeat" : `${countText(status.repeats)} records were repeats`}`;
  return [sum, dim(facts), dim(age), ...countingText(status)].join("\n  ").trimEnd();
}

/** While everything is counted again, how far that is. */
function countingText({ counted_to, stored, aside }: StatusAnswer): readonly string[] {
  const settled = (stored ?? 0) + (aside ?? 0);
  if (counted_to === null || counted_to >= settled) return [];
  return [
    `counting again by the taxonomy that holds: ${Math.floor((counted_to / settled) * 100)} % (${countText(counted_to)} of ${countText(settled)}); see: verbatim jobs list --queue recount --state active`,
  ];
}

function sourcesText(status: StatusAnswer, paint: Paint): string {
  const { dim, red } = paint.colours;
  const ingest = status.ingest;
  if (ingest === null) return "";
  const sources = ingest.sources.map((one) => [
    "",
    one.source,
    one.state === "failing" || one.state === "away" ? red(one.state) : one.state,
    manyText(one.files, "file"),
    bytesText(one.bytes_total),
    one.bytes_behind === 0 ? "" : `${bytesText(one.bytes_behind)} behind`,
    dim(one.root),
    one.problem === null ? "" : red(one.problem),
  ]);
  const journal = `  journal  ${manyText(ingest.segments, "segment")}, ${bytesText(ingest.journal_bytes)}, ${bytesText(ingest.disk_free_bytes)} free${ingest.write_failures === 0 ? "" : red(`, ${ingest.write_failures} failed writes`)}`;
  const left = ingest.sources.flatMap((one) => uncapturedText(one, paint));
  return [
    ...(sources.length === 0 ? [] : [columns(sources, paint.widthOf)]),
    ...left,
    journal,
  ].join("\n");
}

type SourceStatus = NonNullable<StatusAnswer["ingest"]>["sources"][number];

/** Days in which somebody should look after a file that is not recorded. */
const SOON_DAYS = 7;

/** What a source's program deletes before it is recorded, if nothing happens. */
function uncapturedText(
  { source, uncaptured }: SourceStatus,
  { colours }: Paint,
): readonly string[] {
  if (uncaptured === null || uncaptured.days_left === null) return [];
  const { files, oldest, days_left } = uncaptured;
  const when = days_left === 0 ? "at any time now" : `in ${manyText(days_left, "day")}`;
  const text = `${manyText(files, "file")} not wholly recorded; ${source} deletes the oldest ${when}: ${shown(oldest)}`;
  return [`  ${days_left <= SOON_DAYS ? colours.red(text) : colours.dim(text)}`];
}
