/**
 * The tier of a text: A decides for weeks over several components, C weighs
 * viewpoints, E delivers, asks for or reports on one piece of work;
 * "unclassified" when nothing says so: greetings, logs, questions for a fact.
 */
import type { Decided, Enrichment } from "../message/message.ts";
import { confidenceOf, type Found, UNDECIDED } from "./evidence.ts";
import type { Tags } from "./tags.ts";
import { type Table, type Term, termsOf } from "./terms.ts";

const SIGNS: Table = {
  A: {
    terms:
      "long term*2, long run*1, for the|a|the_whole|all|at_least_a next|coming|whole|year|season|years|quarter|quarters|months|~*0, over|in|for|within|across the next|coming year|years|quarter|quarters|months|two_months|two_quarters|three_quarters|half_year|three_months|six_months|release|releases|two_years*2.5, next|coming year|years|quarter|quarters|two_quarters|three_quarters|half_year|months|six_months|three_months|two_months|release_line*2, this|each|every|half year*1, for a year|decade*2, half year*2, two|three|four|several|multi quarter|quarters*2, five|three|two|several years*2, q1|q2|q3|q4*1.5, by|until|till|from|in|during spring|summer|autumn|winter|fall|november|december|january|march|june|september*1.25, year*0.5, season*1, months*0.5, for years*1.5, multi year|quarter|month*2, from|starting now|here on*1.5, all|both|our|every|each|across|nine|five|three|several team|teams|product|products|service|services|department|departments|package|packages|component|components|stage|model|models*1.5, every|each|all downstream|product|team|department|component|stage|boat|project|customer*1, everyone*0.75, everybody*0.75, nobody*0.5, whole product|company|pipeline|platform|season|line*1.5, product line*1.5, company*0.75, platform*1, policy*1.5, strategy*2, roadmap*2, architecture*1.25, architecture board*2, architectural*1.5, migration path*1.5, migrate*1, migrates*1, migration*0.5, standard*1.25, framework*0.75, principle*1.25, from today on*2, hold|holds for the|all|every*1.5, by the end of the|this year|quarter*2, end of the year|quarter*1.5, by next summer|year|spring|autumn|quarter*2, phased out*1.5, concluded*1, self service*0.75, for all stores|products|agents|teams|apps|six|services*1.25, all six|four|three|nine|new*0.75, bind|binds the*1, across the three|four|whole|all*1.25, thought through once*1, programme*1, contract*0.75, shared contract*1, direction*1, vision*1, course for*1.5, final*1, final call*2, verdict*1.5, decision for*2, committee*1.5, board*0.75, summit*1, decided*1, ruled*1.5, settled*1, we are moving*1.5, retire*1, deprecate*1, replace the whole*2, adopt*1, standardise|standardize on*2, one|single source_of_truth*1, one|single pipeline|path|standard|service|contract|format*1, service of its|their own*1.5, no longer depend*1, staffing*1, hiring*1, licensing*0.5, hosting*0.5, teams*0.75, departments*1, rights*0.25, release line*1.5, working model*1.5, operating model*2, whole release*1, plan for*1, plan by|with*0.75, planned around*1, built on|around*1, build on*0.75, splits into*1, deployables*1.5, langfristig*2, strategie*2, architektur*1.25, alle teams*2, nächsten jahr|jahre|monate|quartale*2, à long terme*2, toutes les équipes*2, prochaine année*2, l'année*1, a largo plazo*2, todos los equipos*2, monolith*0.5, must|have_to be ported|comply|carry*0.75, adapted|reshapes|changes accordingly*1, that changes|shapes|reshapes*1, architect*1",
    not: "last year, years old, this season i, every day|time|push|night|boat_type, all services are up|healthy, half a year ago, year ago, years ago, company lunch, ice_cream company",
  },
  C: {
    terms:
      "should we*2.5, shall we*2, should i*1.5, what do you think*3, thoughts*2, your thoughts|take|opinion|view|call*3, opinions*2.5, counterarguments*3, objections*2, any objection|objections*3, consensus*2, compromise*2.5, meet in the middle*3, pros and cons*3, trade off*1.5, trade offs*1.5, on the one hand*3, on the other hand*3, on one hand*3, i am torn*3, torn between*3, two|three options*2.5, which one do you prefer*3, do you prefer*2.5, would you prefer*2.5, you prefer*1.5, prefer*1, is the better fit*2, better fit|choice|option*1.5, or is|are|do|does|would|should|rather*1.25, do we want|need|really|mock|keep|use|go|even*2.5, would it be|hurt|make|not|help|pay*2, would we*1.5, is it really|worth*1.5, is really worse|better*2, why pay|not|do_we|should*1.5, convinces|convinced me*2.5, not convinced*2.5, disagree*3, i agree*2, agreed*1.5, argument*1.25, arguments*1.25, argue*2, against*1, weigh*1.5, both of you*1.5, both sides*2, combine both*2.5, either way|one*1.5, i could live with*2.5, live with*1.5, lean towards|toward|to*3, i lean*2, i would*1.25, i would rather*2.5, i would say*2.5, it would be*0.5, we could*1.25, could be*0.5, might be*0.75, maybe*1.25, perhaps*1.25, though*1, although*0.75, merely*0.5, in my view|opinion|eyes*2.5, my worry|concern|view|take|vote|only_worry|preference*2.5, good point*2.5, fair point|enough|objection*2.5, you have got me*2.5, sounds good*2, works for me*2, fine with|by me*2, fine then*1.5, your idea|proposal|argument|point|suggestion*2, propose*2, suggest*1.75, suggestion*1.5, recommend*1.25, alternatively*2, instead*0.75, rather than*1, instead of*1, compared*0.5, versus*1, vs*0.75, cleaner*0.75, simpler*0.75, safer*0.75, or?*1.5, too much|many for?*1.5, is|are it|this|that really|too?*1, rather?*1, worth it|~?*1, speaks for|against it?*1, how do|would|should you|we split|think|go|handle|divide?*2, what would you do?*2.5, i could take*2, you take*1, talked into*2, push back*2.5, i am with you*2.5, i am for|against*2.5, can be merged*1.5, concern about*1.5, counter proposal*3, test the waters*2, safer*0.75, smarter*1.25, not sure*1.5, doubt*2.5, see it differently*3, speak|speaks for|against*2.5, how about*2, what about*1.5, what if*2, why not*1.5, let us discuss*3, discuss*1.25, draft 1|2*1.25, idea with*1, not worth*2, is worth*1, too risky*1.5, overkill*2, then we*0.75, advise*2, object to*2, would object*2, was my thing*0, would combine|drop|start|keep|go|use|not|put|split|vote*1, still see*1.5, lose more than*1.5, the rule between us*2, ich bin dafür|dagegen*3, ich finde*2, ich würde*2.5, sollen|sollten wir*2.5, was meint ihr*3, was haltet ihr*3, meinung*2, meiner meinung*2.5, lieber*1.25, eher*1, einerseits*3, andererseits*3, je pense*2, je préfère*2.5, je préférerais*2.5, à mon avis*3, qu'en penses|pensez*3, plutôt*1.5, d'un côté*2.5, d'accord*2, pas d'accord*3, devrait on*2.5, creo que*2, deberíamos*2.5, qué opinas*3, prefiero*2.5",
    not: "argument of the|type|list, command line arguments, arguments to, function argument, i would like, discuss with legal, i would call|not_call",
  },
  E: {
    terms:
      "done*1.5, fixed*2, fix*1.5, fixes*1.5, added*1.5, adding*1.25, add*1.25, implemented*2, implement*2, implementing*1.5, merged*2, deployed*2, deploy*1, committed*1.5, pushed*1.5, pass*1, passed*1, created*1.25, create*1.25, wrote*1.5, rewrote*1.5, rewritten*1.5, updated*1.5, removed*1.25, replaced*1, renamed*1.5, refactored*1.5, moved*0.75, ported*1, uploaded*1.5, uploading*1.5, imported*1, exported*1, rerun*1.5, running*0.75, half done*2, half complete*2, not ready|done|finished|complete|green|usable|verified|finalized|approved|good_enough|yet*1.5, not been approved*2, not finished|completed|verified*1.5, still fails|fail|failing|crashes|rendering|running|broken*1.5, still at*1, so far*1, working on it*2.5, looking into it*2.5, look into*1.5, am on it*2.5, on it*0.75, i keep digging*2.5, digging*1, i am adding|changing|merging|fixing|writing|working|rewriting|running|testing|repeating|porting|moving|re*2.5, i will add|fix|write|look|start|run|do|send|post|push|port|update|try|check|prepare|continue|finish*2, next i|up|come*1, comes|come next*1.5, the rest follows*2.5, half of the batch*1.5, at percent*0, 50 of*0, expect another*1.5, in progress*2, wip*2, provisional*1.25, i can not*1, nope*1, still to come*1.5, are going up*1.5, right now*0.75, no longer blocked|waiting*1.5, not waiting*1.5, here is where i*2.5, summary of what i did*3, what i did*1.5, chosen for*0, i chose|picked*1.5, went with*1.5, we use now*0.5, measured*0.5, tested*0.75, reproduced*1, took*0.5, in the queue*0.75, bitte*2, il faut*2, found so far*1, call the done*1.5, haven't decided*1.5, i have not*1, anything but complete*2, offsite*0.5, ship*1, shipped*1.5, released*1, patch*1, rolled out*1.5, rolled back*1.5",
    not: "fix for the|a typo_in_life, fixed cost, has not been, done thing",
  },
};

export const TIER_TERMS: readonly Term[] = termsOf("tier", SIGNS);

type Tier = "A" | "C" | "E";
type Scores = Record<Tier, number>;

/** Below these nothing is said. */
const SCORE_MIN: Readonly<Scores> = { A: 3, C: 2, E: 1.5 };
/** What a tag says of the tier. */
const TAG_SAYS: readonly (readonly [string, Tier, number])[] = [
  ["@Status-Ready", "E", 2.5],
  ["@Status-Blocked", "E", 3],
  ["@Action-Required", "E", 2.5],
  ["@Decision-Made", "E", 1],
  ["@Decision-Made", "A", 1],
];
/** What an act says of it. */
const ACT_SAYS: readonly (readonly [string, Tier, number])[] = [
  ["proposal", "C", 1],
  ["objection", "C", 2],
  ["agreement", "C", 1.25],
];

/** An architect's word weighs, a program's does not, and an answer to a proposal is part of weighing it. */
const ARCHITECT_SAYS = 2;
const PRINTED_SAYS = -3;
const ANSWER_SAYS = 1;
const COURSE_SAYS = 2;

type Acts = Readonly<Record<string, readonly string[]>>;

/** What is known of a message beside its words. */
export type Setting = {
  readonly tags: Tags;
  readonly acts: Acts;
  /** As the source has it: "user", "tool", "Architect". */
  readonly role: string;
  /** The acts of the message before it. */
  readonly before: Acts;
};

export function tierOf(
  found: Found,
  setting: Setting,
): { readonly ace_tier: Enrichment["ace_tier"]; readonly decided: Decided } {
  const scores = scoresOf(found, setting);
  // Ties as the definitions say: A over C when it decides, E over C when it delivers.
  const order: readonly Tier[] = ["A", "E", "C"];
  const best = order
    .filter((tier) => scores[tier] >= SCORE_MIN[tier])
    .reduce<Tier | null>(
      (top, tier) => (top === null || scores[tier] > scores[top] ? tier : top),
      null,
    );
  if (best === null) return { ace_tier: "unclassified", decided: UNDECIDED };
  const matched = [...(found.tier.get(best)?.matched ?? []), ...saidBeside(best, setting)];
  return {
    ace_tier: best,
    decided: { matched, confidence: confidenceOf(scores[best], scores.A + scores.C + scores.E) },
  };
}

function scoresOf(found: Found, setting: Setting): Scores {
  const { tags, acts, role } = setting;
  const printed = role === "tool" || role === "system" ? PRINTED_SAYS : 0;
  const scores: Scores = {
    A: saidFor("A", found) + printed + (isArchitect(role) ? ARCHITECT_SAYS : 0),
    C: saidFor("C", found) + printed + (isAnswer(setting) ? ANSWER_SAYS : 0),
    E: saidFor("E", found) + printed,
  };
  for (const [tag, tier, says] of TAG_SAYS) scores[tier] += tags[tag] === undefined ? 0 : says;
  for (const [act, tier, says] of ACT_SAYS) scores[tier] += acts[act] === undefined ? 0 : says;
  // Who sets the course for long decides, however much was weighed on the way.
  if (scores.A > SCORE_MIN.A && acts["question"] === undefined) scores.A += COURSE_SAYS;
  return scores;
}

function saidFor(tier: Tier, found: Found): number {
  return found.tier.get(tier)?.score ?? 0;
}

/** Somebody takes a side on what was proposed before. */
function isAnswer({ acts, before }: Setting): boolean {
  const side = acts["agreement"] ?? acts["objection"];
  return before["proposal"] !== undefined && side !== undefined;
}

function isArchitect(role: string): boolean {
  return role.toLowerCase().includes("architect");
}

function saidBeside(tier: Tier, { tags, acts, role }: Setting): readonly string[] {
  const tagged = TAG_SAYS.filter(([tag, one]) => one === tier && tags[tag] !== undefined);
  const acted = ACT_SAYS.filter(([act, one]) => one === tier && acts[act] !== undefined);
  const names = [...tagged, ...acted].map(([name]) => name);
  return tier === "A" && isArchitect(role) ? [...names, `role ${role}`] : names;
}
