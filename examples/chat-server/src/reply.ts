/**
 * Who replies. Put your model in here: it gets what was said, newest last, and
 * the summary the conversation goes on from, and gives the reply's text.
 */

export type Turn = { readonly role: "user" | "assistant"; readonly content: string };
export type Replier = (said: {
  readonly turns: readonly Turn[];
  readonly summary: string | null;
}) => Promise<string>;

/** After Weizenbaum's ELIZA: turns what was said round, and knows nothing. */
export const listener: Replier = async ({ turns, summary }) => {
  const last = turns.at(-1)?.content ?? "";
  const turned = /\bI(?:'m| am| feel) (.+?)[.!?]*$/i.exec(last)?.[1];
  if (turned !== undefined) return `How long have you been ${mirrored(turned)}?`;
  if (/\?\s*$/.test(last)) return "What do you think yourself?";
  const said = turns.filter(({ role }) => role === "user").length;
  const before = said === 1 && summary !== null ? " We spoke of this before." : "";
  return `Tell me more about that.${before}`;
};

function mirrored(words: string): string {
  const others: Readonly<Record<string, string>> = { my: "your", me: "you", i: "you", your: "my" };
  return words.replaceAll(/\b(my|me|i|your)\b/gi, (word) => others[word.toLowerCase()] ?? word);
}
