/** The bus as a person reads it. Pure. */
import type { BusStatus } from "@verbatim/core";
import type { Surface } from "../surface.ts";
import { bytesText, columns, countText, manyText } from "./text.ts";

/** Its ports, what was heard and what became of it, who listens, and the alarm. */
export function busText(
  status: BusStatus,
  problem: string | null,
  { colours, widthOf }: Pick<Surface, "colours" | "widthOf">,
): string {
  const { bold, dim, green, red } = colours;
  const { heard, ports, canary } = status;
  const all = heard.pub + heard.push + heard.sure + heard.mesh;
  const rows = [
    ["", `${ports.publish} publish`, countText(heard.pub), "heard"],
    ["", `${ports.push} push`, countText(heard.push), "heard"],
    ["", `${ports.confirm} confirm`, countText(heard.sure), "heard"],
    ["", `${ports.confirm} greetings`, countText(heard.mesh), "heard"],
    ["", `${ports.subscribe} subscribe`, countText(status.subscriptions), "subscriptions"],
  ];
  const song =
    canary === null
      ? "the canary has not sung yet"
      : `canary of ${canary.published_at}${canary.seq === null ? "" : `, #${canary.seq}`}`;
  return [
    `${bold("Bus")} ${dim(`${status.host}${status.curve ? ", with keys" : ""}${status.safe ? ", forwards after fsync" : ""}`)}`,
    columns(rows, widthOf, [2]),
    `  heard ${bold(countText(all))} = recorded ${countText(status.recorded)} + refused ${countText(status.refused)} + waiting ${countText(status.waiting)} ${dim(`(${bytesText(status.bytes)} in all)`)}`,
    dim(
      `  ${manyText(status.replays, "replay")}, ${manyText(status.followers, "follower")}, ${manyText(status.window, "message")} held for who comes back, reading stopped ${manyText(status.pauses, "time")}`,
    ),
    `  ${problem === null ? green("ok") : red(problem)} ${dim(song)}`,
    "",
  ].join("\n");
}
