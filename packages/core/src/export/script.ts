/**
 * What a transcript says of each step, whatever it is written in: whose turn it
 * is, whether somebody else speaks than before, what happened in between.
 */
import { type Block, blocksOf } from "./blocks.ts";
import type { Step } from "./telling.ts";
import { markOf, openBranches } from "./writer.ts";

export type Line =
  | { readonly kind: "nothing" }
  | { readonly kind: "mark"; readonly text: string }
  | {
      readonly kind: "speech";
      /** The number of the turn that begins here. */
      readonly turn: number | null;
      /** Somebody else than before; what one says in several records is one speech. */
      readonly isNew: boolean;
      readonly isBranch: boolean;
      readonly blocks: readonly Block[];
    };

type Told = Extract<Step, { readonly kind: "message" }>;

/** Follows one session. */
export function openScript(): { line(step: Told): Line; turnAside(by: 1 | -1): void } {
  const isBranch = openBranches();
  let turns = 0;
  let aside = 0;
  let speaker = "";

  function speech(step: Told): Line {
    const { message } = step;
    const blocks = blocksOf(message, step.answers);
    if (message.kind === "record" || blocks.length === 0) return { kind: "nothing" };
    const isUser = message.author.role === "user";
    const who = `${message.author.role} ${message.author.name} ${message.model ?? ""}`;
    const isNew = isUser || who !== speaker;
    speaker = who;
    const isTurn = isUser && aside === 0;
    if (isTurn) turns += 1;
    return {
      kind: "speech",
      turn: isTurn ? turns : null,
      isNew,
      isBranch: isBranch(message),
      blocks,
    };
  }

  return {
    line: (step) => {
      const mark = markOf(step.message);
      return mark === null ? speech(step) : { kind: "mark", text: mark };
    },
    turnAside: (by) => {
      aside += by;
      speaker = "";
    },
  };
}
