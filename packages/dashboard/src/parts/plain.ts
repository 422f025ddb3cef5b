/** Text of terminals as a page shows it: without the signs for colours and places, which no page obeys. */

const COLOURS = /(?![\n\r\t])\p{Cc}\[[0-9;?]*[ -/]*(?:[@-~]|$)/gu;

/** The words alone. The record itself keeps everything. */
export function withoutColours(text: string): string {
  return text.replaceAll(COLOURS, "");
}
