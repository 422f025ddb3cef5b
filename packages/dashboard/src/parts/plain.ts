/** Text of terminals as a page shows it: without the signs for colours and places, which no page obeys. */

const COLOURS = /(?![\n\r\t])\p{Cc}\[[0-9;?]*[ -/]*(?:[@-~]|$)/gu;

/** The words alone. The record itself keeps everything. */
export function withoutColours(text: string): string {
  return text.replaceAll(COLOURS, "");
}

/** Quotes and lists in each other, on one line; nobody writes so many. */
const DEPTH_MAX = 50;
/** Signs of emphasis in one paragraph: each is tried with each. */
const SIGNS_MAX = 400;

/** Whether drawing a text as Markdown would take the page longer than anybody waits, or more than it has. (B47) */
export function isTangled(text: string): boolean {
  let fence = "";
  let signs = 0;
  for (const line of text.split("\n")) {
    const isCode = fence !== "";
    fence = fenceAfter(line, fence);
    if (isCode) continue;
    signs = line.trim() === "" ? 0 : signs + (line.match(SIGNS)?.length ?? 0);
    if (signs > SIGNS_MAX || isDeep(line)) return true;
  }
  return false;
}

/** The fence that code stands in behind a line, "" behind none. */
function fenceAfter(line: string, fence: string): string {
  const [, ticks = ""] = /^[\s>]*(`{3,}|~{3,})/.exec(line) ?? [];
  if (fence === "") return ticks;
  return ticks.startsWith(fence) ? "" : fence;
}

const SIGNS = /\*+|\b_+|_+\b|~+/g;

function isDeep(line: string): boolean {
  const [begins = ""] = /^[\s>*+\-\d.)]*/.exec(line) ?? [];
  return (begins.match(/>|[*+\-.)][ \t]/g)?.length ?? 0) > DEPTH_MAX;
}
