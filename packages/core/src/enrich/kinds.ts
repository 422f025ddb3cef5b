/**
 * What kind of word a word is, so that the model (model.ts) can learn from
 * "until the ferry comes" what holds for "until legal answers" as well.
 *
 * Small words of the language stand for themselves ("until", "we", "not").
 * Words that people decide, wait, agree, deliver or plan with stand for their
 * kind, in any inflection that is told by the ending ("WAIT", "WAIT.ing").
 * All others stand for their ending alone. Which kinds there are follows from
 * the language and not from the labelled messages; what they say is learnt.
 */
import { stemOf } from "./stem.ts";

/** Words that stand for themselves. */
const SMALL = new Set(
  "a an the and or but if when while until till before after once unless because since so that than then as with without for from to of in on at by into onto about over under out up down off away back via per between against i you he she it we they me us him them my your our their his her its this these those there here am is are was were be been being have has had having do does did doing will would shall should can could may might must ought not no never none nothing nobody neither nor hardly barely what which who whom whose when where why how whether every each any some both either another other more most less least much many few enough one two three several first second last next both just still yet already now again also only even too very quite rather almost nearly soon later so let yes nope yeah ok okay well maybe perhaps though however instead anyone anybody someone somebody everyone everybody anything something everything everywhere such same own all like than though although despite except whatever whoever whenever wherever long far right".split(
    " ",
  ),
);

/** Words in other languages that say the same as a small English one, and spellings. */
const SAME: Readonly<Record<string, string>> = {
  please: "please pls plz bitte stp svp kindly favor veuillez",
  yes: "yep yup ja oui sí si",
  not: "nicht kein keine keinen pas ne",
  no: "nein non nah",
  i: "ich je j yo",
  we: "wir nous nosotros on",
  you: "du ihr sie tu vous ustedes usted",
  the: "der die das den dem le la les l el los las",
  a: "ein eine einen einem einer un une una",
  and: "und et y",
  or: "oder ou o",
  until: "bis jusqu hasta",
  is: "ist est está es",
  are: "sind sont están",
  has: "hat a",
  have: "habe haben hemos avons ai",
  should: "soll sollen sollte sollten devrait devrions debería deberíamos",
  would: "würde würden wäre serait",
  can: "kann kannst können könnt könntest könnten peux pouvez pourrais pourriez puede puedes podrías puedo",
  must: "muss müssen musst müsst faut faudrait doit debe",
  what: "was que quoi qué",
  how: "wie comment cómo combien cuántos cuánto",
  where: "wo où dónde",
  when: "wann quand cuándo",
  why: "warum wieso pourquoi",
  who: "wer qui quién",
  which: "welche welcher welches quel quelle cuál",
  still: "noch encore toujours todavía aún",
  again: "wieder nouveau",
  for: "für pour para",
  because: "weil car porque",
  if: "wenn falls",
  but: "aber mais pero",
  now: "jetzt maintenant ahora",
  already: "schon déjà ya",
  without: "ohne sans sin",
};

/** Kinds of words, in English first. */
const KINDS: Readonly<Record<string, string>> = {
  // What one is asked to do.
  ACT: "add adapt adjust align analyse analyze annotate append apply archive arrange ask assemble assign attach audit backup bake bind book boot break bring build bump calculate calibrate call cancel capture change chart check choose clean clear clone close collect combine compare compile compose compress compute configure connect convert copy correct count cover crop cut debug define delete deliver deploy describe design detach develop disable document download draft draw drop dump duplicate edit email enable encode enter escalate estimate evaluate examine expand explain export expose extend extract fetch fill filter find fix flag flip fold follow format forward generate get give go grab group handle hide hold identify implement import improve include increase index inform inline insert inspect install instrument integrate investigate invite isolate join keep kill label launch leave limit link list load lock log look lower make map mark mask measure merge migrate mirror mock monitor mount move name normalise normalize notify open optimise optimize order organise organize outline pack page paint park parse paste patch pay phone pick pin ping plan plot polish port post prepare print prioritise produce profile prove provide publish pull purge push put query queue quote raise rate read rebase rebuild recalibrate recompute record redo reduce refactor register reindex reject release relabel reload remind remove rename render reorder repair repeat replace replay reply report reproduce request rerun resend reserve reset reshoot resize resolve restart restore restructure retake retest retire retrain retry return reuse revert review revise rewrite roll rotate route run sand save scale scan schedule scrub search secure seed select send separate serve set setup share ship shorten shoot show shrink sign simplify simulate sketch skip sort specify split squash stage start stop store strip submit summarise summarize swap switch sync tag take talk teach tell test throw tidy tighten track train transfer translate transcribe trim try tune turn type undo unify update upgrade upload use validate vacuum verify visit wash watch weigh widen wipe wire wrap write bleed rinse taste grit feed water weld solder stitch retouch crosscheck rephrase reword prune tweak grade proofread typeset harden throttle cap sweep todo fixme",
  // Irregular forms of what was done.
  "ACT.ed":
    "built wrote written sent made ran gave given took taken found went gone came come put got gotten brought bought drew drawn cut set read rewrote rewritten rebuilt reran redid redone split shot swept threw thrown kept left told held shown swapped hid hidden undid undone hung began begun fed dug bound sorted shut spent sold paid met overwrote did",
  DONE: "done finished complete completed ready live fixed solved resolved succeeded shipped landed released published installed deployed delivered merged passed passes passing green available operational implemented through usable success successful successfully working works fertig erledigt abgeschlossen behoben gelöst läuft funktioniert bereit online terminé terminée prêt prête corrigé corrigée réparé réparée résolu fini listo lista terminado funciona arreglado uploaded migrated repaired restored imported exported renewed validated verified tested finalized finalised",
  WAIT: "wait await awaiting pend pending hold hung hang hangs depend depends hinge hinges rests queue overdue outstanding unanswered warte warten wartet attends attendons attente esperando",
  STUCK:
    "block blocked blocker stuck stall stalled stalls halt halted standstill idle park parked pause paused suspend suspended postpone postponed frozen freeze grounded stranded limbo blockiert hänge festgefahren bloqué bloquée bloqués bloqueado bloqueada impasse deadlocked held ice",
  BARRED:
    "unable impossible incapable forbidden denied refuses refuse refused forbid forbids prohibited revoked expired rejected withheld rejects exhausted offline",
  PARTY:
    "legal finance vendor supplier security ops procurement admin administrator management client customer authority authorities reviewer reviewers owner provider manufacturer ministry regulator court counsel technician publisher bank insurer hr it compliance marketing dba boss manager maintainer maintainers agency landlord council commission board committee designer sponsor stakeholder partner support operator infra",
  GRANT:
    "access permission permissions licence license password credential credentials account rights quota approval signature consent clearance key keys permit certificate invite feedback answer reply response confirmation zugang freigabe accès accord clave acceso answered replied respond responded replies answers input",
  APPROVE:
    "approve approved accept accepted signed cleared granted blessing lgtm permitted allow allowed authorise authorised authorize authorized confirm confirmed freigegeben genehmigt approuvé validé validée aprobado endorsed ratified",
  DECIDE:
    "decide decided decision decisions chose chosen choose pick picked settle settled verdict ruled conclude concluded conclusion opt opted elected determined entschieden beschlossen entscheidung décidé décidée décision decidido decisión acordado outcome choice ruling",
  ADOPT:
    "adopt standardise standardize consolidate commit committed retire abandon phase sunset mandate centralise centralize unify restructure reorganise reorganize decommission deprecate migrate converge abolish umstellen transition",
  STANCE:
    "agree disagree doubt think believe feel find prefer suggest propose recommend argue object lean opinion view vote argument opinions views thoughts objection objections concern concerns worry worries sceptical skeptical convinced persuaded convince agreed consent advise reckon guess suppose favour favor counterpoint compromise consensus stance side reservation reservations caveat disagreement fond wary reluctant tempted inclined torn undecided pense penses pensez crois creo opinas denke denkt finde meinung meine dafür dagegen avis préfère préférerais prefiero convaincu personally honestly frankly imho imo",
  WEIGH:
    "better worse simpler cheaper cleaner safer faster easier wiser smarter saner neater clearer sturdier overkill risky riskier risk worth costly expensive downside upside advantage disadvantage drawback benefit tradeoff option options alternative alternatively versus vs pros cons slower harder heavier prettier nicer elegant brittle clumsy clever sensible reasonable pointless valuable gain gains merit merits sense lose complexity flexible robust besser lieber eher schlechter mieux plutôt mejor pricey wasteful tempting premature",
  HEDGE:
    "probably presumably seemingly arguably admittedly granted fair true sure indeed exactly absolutely certainly definitely sounds seems looks apparently eventuell vielleicht quizás",
  SPAN: "year years yearly quarter quarters decade decades season seasons month months longterm term roadmap future generation permanently permanent henceforth jahr jahre jahren quartal monaten an année années año años ans q1 q2 q3 q4 spring summer autumn winter january february march april june july august september october november december 2027 2028 2029 2030 2032 2035",
  WHOLE:
    "entire whole company group portfolio organisation organization global globally across alle allen toutes tous todos todas overall enterprise landscape ecosystem firm universal suite estate",
  UNIT: "team teams product products department departments service services unit units division divisions branch branches site sites brand brands office offices plant plants country countries domain domains component components package packages application applications apps tenant tenants system systems repository repositories region regions subsidiary subsidiaries house houses abteilungen produkte équipes equipos clinics programmes markets pipelines stakeholders projects",
  STRATEGY:
    "strategy strategic strategically policy principle principles standard platform architecture architectural direction vision foundation structure structural governance course model monolith protocol framework architects executive management strategie architektur plattform plateforme roadmap charter doctrine blueprint fundamental binding bind binds lasting commitment overarching rules",
  PART: "half third halfway percent remaining remain remains left partly partially underway progress wip draft batch far missing lacks provisional beginning continuing unfinished incomplete",
  FAIL: "fail fails failed failing failure error errors broken break breaks wrong crash crashes crashed bug bugs problem problems issue issues exception leak conflict flaky red timeout outage regression garbled stale odd",
  GREET:
    "hi hello hey bye morning thanks thank thx welcome lol haha hehe cheers congrats congratulations birthday weekend hallo moin tschüss bonjour salut bonsoir merci hola gracias sorry ack hooray wow ugh oh",
  TIME: "today tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday minute minutes hour hours day days noon midnight asap week weeks morgen heute demain mañana afternoon evening deadline eod",
  QUESTION: "question questions wonder wondering curious idea ideas clue know knows tell",
  HOME: "cat dog coffee lunch dinner breakfast pizza beer cake tea kids brother sister mother father grandma aunt wife husband neighbour neighbor holiday vacation movie film song game match train bus weather rain sun garden guitar dream pancakes beach marathon landlord concert pub jokes joke funny soup cheese",
  DEFINE: "means called defined definition stands refers denotes describes",
};

/** So much of a word's ending tells its form. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/^\p{N}+$/u, "NUMBER"],
  [/.{2}ing$/, "*ing"],
  [/.{2}[^e]ed$/, "*ed"],
  [/^(?:aus|ge|ver|be).{3,}(?:t|en)$/, "*ge"],
  [/.{2}ly$/, "*ly"],
  [/.{2}(?:tion|ment|ness|ity|ance|ence)$/, "*tion"],
  [/.{2}(?:able|ible|ful|less|ous|ive|ic|al)$/, "*able"],
  [/.{3}er$/, "*er"],
  [/.{3}[^s]s$/, "*s"],
];

const SAME_AS: ReadonlyMap<string, string> = turned(SAME);
const KIND_OF: ReadonlyMap<string, string> = turned(KINDS);
const KIND_OF_STEM: ReadonlyMap<string, string> = new Map(
  [...KIND_OF].toReversed().map(([word, kind]) => [stemOf(word), kind]),
);

function turned(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table)
      .toReversed()
      .flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind] as const)),
  );
}

/** The kind of a lower-case word. */
export function kindOf(low: string): string {
  if (SMALL.has(low)) return low;
  const known = SAME_AS.get(low) ?? KIND_OF.get(low);
  if (known !== undefined) return known;
  const stem = KIND_OF_STEM.get(stemOf(low));
  const ending = ENDINGS.find(([form]) => form.test(low))?.[1] ?? "*";
  if (stem === undefined) return ending;
  return ending === "*ing" ? `${stem}.ing` : ending === "*ed" ? `${stem}.ed` : stem;
}
