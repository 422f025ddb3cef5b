/**
 * What a message does in a conversation: asks, proposes, objects, agrees,
 * decides. The tier is read from it, and so are open questions and decisions.
 */
import type { DialogueAct } from "../message/message.ts";
import type { Found } from "./evidence.ts";
import type { Tags } from "./tags.ts";
import { type Table, type Term, termsOf } from "./terms.ts";

const SIGNS: Table = {
  proposal: {
    terms:
      "i propose|suggest|recommend, i would propose|suggest|recommend|say|go_for|start_with|combine|use|rather|vote|keep|drop|put|prefer|take|split|like_to_propose, i am for, my proposal|suggestion|preference|vote, propose, suggestion:, proposal:, how about, what about, what if we, why not, why do not we, should we, shall we, should i|it|that|the|this, let us, we could, we can also, maybe we, perhaps we, ^maybe, ^perhaps, alternatively, ^alternative, another option|way|idea, two|three options, option a|b|1|2, one option, instead we, could we, i lean|tend|incline towards|to|toward, would it be|hurt|make_sense|not_be, wouldn't it, would it not, do we want|need|mock|really, better to, it might be better, might be worth, worth trying, in my view|opinion, my take, my view, ich schlage vor, vorschlag, sollen wir, sollten wir, wie wäre es, je propose, on pourrait, et si on, devrait on, devrions nous, propongo, deberíamos",
    not: "let us know|see|hope|say_you, why not green",
  },
  objection: {
    terms:
      "i disagree, disagree, i do not agree, i object, i would object, objection:, i doubt, doubt that, not convinced, i am not convinced|sure|sold|a_fan, not sure about, i see it differently, see it differently|otherwise, i would not, i would advise|argue|warn against, against it|that|this, speaks against, my worry, my only worry|concern, worried that|about, my concern, is not worth, not worth, bad idea, too risky, overkill, i fear, i am afraid that, the problem with that|this, the downside, on the other hand, but then, yes but, that said, rather not, no i, counterargument, ich bin dagegen, sehe ich anders, ich sehe das anders, dagegen spricht, je ne suis pas d'accord, pas convaincu, pas d'accord, no estoy de acuerdo, cons, has no business",
    not: "no objection, no objections, any objections, pros and cons",
  },
  agreement: {
    terms:
      "agreed, ^agreed, i agree, agree with, ^fair|good point|objection|enough, fair point|objection|enough, good point|idea|argument about|~, sounds good|reasonable|right|fine, works for me, fine with|by me, i am fine with, ^fine then, makes sense, you are right, you have got me, you got me, convinced me, convinces me, i like|love the|that|your|this idea|approach|proposal, your idea|proposal|suggestion|argument, i could live with, can live with, no objection, no objections, ^yes, ^yeah, ^okay, ^sure, ^exactly, ^deal, ^true, einverstanden, stimme zu, klingt gut, guter punkt, d'accord, bonne idée, tu as raison, de acuerdo, buena idea, same here, happy with that|either, either way",
    not: "agree to disagree, not agreed, i am not fine, not sure",
  },
};

export const ACT_TERMS: readonly Term[] = termsOf("act", SIGNS);

/** Every act, in the order they are shown. */
export const ACTS: readonly DialogueAct[] = [
  "question",
  "proposal",
  "objection",
  "agreement",
  "decision",
];

/** The acts of a message, each with the words that show it; `found` in what was said, null when nothing was. */
export function actsOf(
  found: Found | null,
  tags: Tags,
): Readonly<Record<string, readonly string[]>> {
  const shown = ACTS.map((act) => [act, shownBy(act, found, tags)] as const);
  return Object.fromEntries(shown.filter(([, matched]) => matched.length > 0));
}

function shownBy(act: DialogueAct, found: Found | null, tags: Tags): readonly string[] {
  if (act === "question") return tags["@Question-Open"] ?? [];
  if (act === "decision") return tags["@Decision-Made"] ?? [];
  return found?.act.get(act)?.matched ?? [];
}
