/**
 * Tags of a text: its status, decisions, questions, actions, and its domain;
 * each with the words that earned it. "not done" is not done, "no error" is no
 * error, "could you fix it?" asks for work and not for an answer.
 *
 *   E3  @Chain-… is there exactly when chain_type names a domain, once, and
 *       names the same.
 *
 * Tags somebody wrote into the text stand beside what was worked out.
 */
import type { Found } from "./evidence.ts";
import type { Reading } from "./reader.ts";
import { type Table, type Term, termsOf } from "./terms.ts";

const SIGNS: Table = {
  "@Status-Ready": {
    terms:
      "ready, complete, done, =finished, =approved, =verified, =applied, =deployed, =merged, =shipped, is|are|was|were|has|have|been|just|now =released, =delivered, =completed, works now|again|in|on|as|like|fine|perfectly|without|with|for, =work again, all green, is|are|went|all|now green, everything =passes, =all =pass, =passes, has|have|all|suite|run|tests|test|now =passed, and =pass, is|are|been|now|all|modules|suites =ported, =went live, is|are live, is|are|has_been gone, problem|issue|bug|error|blocker|conflict is|was|~ solved|fixed|resolved, =solved, =resolved, =succeeded, ^=fixed, ^=fixed it, i|we|have|has|now|been|is|are|test|bug|leak|race =fixed, =converged, =uploaded, no longer blocked|serves|fires|fails|crashes|happens|appears|leaks|hangs|flickers|jumps, no problem|problems|issue|issues with|today|this_week|since, no failure|failures, without a failure|problem|warning|single, without warning|warnings|errors, nothing missing|blocked, =installed, =saved under|in|to, imported the, fertig, erledigt, abgeschlossen, behoben, gelöst, funktioniert jetzt|wieder, terminé, terminée, prêt, prête, corrigé, corrigée, résolu, validé, validée, listo, lista, terminado, now match|matches|count|counts|shows|passes|runs|returns|fits|has|have|recover|recovers|waits|takes|loads|opens, now use|uses, recover|recovers now, the waiting is over, =pushed to, i|we|is|are|and|changes|code =committed, =signed off, lgtm, good to go, landed, =are =in =place, is in place, fell|dropped|went|down from, =migrated, rolled out, up and running, both|all are up, table|list|doc|docs|page|file|record is|are updated|there|written, is|are|now|been|already =indexed|=updated|=added|=written|=implemented|=replaced|=removed|=closed|=moved|=published|=imported|=exported|=restored|=sent, i|we|i_have|we_have|i've|also =implemented|=added|=moved|=replaced|=updated|=built|=rewrote|=removed|=created|=wrote|=tested|=measured|=closed|=corrected|=repaired|=migrated|=refactored, ^=implemented, ^=added, ^=moved, ^=replaced, ^=updated, ^=built, ^=rewrote, ^=removed, ^=created, ^=wrote, ^=imported, ^=exported, ^=restored, ^=closed, implemented for|and|in|as, is =in and, looks right|good|correct, match|matches the invoice|reference|spec, is on:, is|are =in =place, caching|cache|flag|feature|mode is on, no overruns, =accepted by, is|are =usable again",
    not: "done when, counts as done, be|get|getting done|finished|ready|approved|verified, ready to|for start|review, ready or not, get ready, when ready, anything but complete|done|finished|ready, complete mess|disaster|nonsense|list|guide|rewrite, well done, definition of done, done with lunch|you|work, how is it done, over and done with, finished product|subtask|task|step|turn, fixed width|size|price|number|cost|point|order|length, are you|we ready|done, ready for you when, by the done thing, resolved per, solved task, per solved task, approved photos|list|by_whom, until the merged, half done, fell|dropped from the sky|table, went from bad|one, ready made, done deal, easier said than done",
  },
  "@Status-Blocked": {
    terms:
      "=blocked, blocked:, blocker, stuck, i|we|still|am|are|is|job|has_been|been =waiting, ^=waiting for|on, =waiting on|for the|a|an|somebody|someone|petra|my|your|approval|access|legal|review|input|feedback|credentials|ops, stalls, stalled, on hold, held up, at a standstill, standstill, dead in the water, can not proceed|continue|go_on|start|finish|run|move_on|work_on|sign_off|merge|deploy|test|draw|build|release|reach|access|get_near|do|reconstruct|measure|push|progress|write|ship|train|render|export|import|upload|log_in|log|connect|open|verify|reproduce|validate|benchmark|tell|evaluate|compute|migrate|restore|publish|complete|begin|change|read|say|check|compare|hand|take, can not go|get any|on|further|past, unable to proceed|continue|start|run|finish|reach, have|has to stop|wait|pause, nothing i|we can|do, =parked until|for, before i|we can|could, need someone|somebody with, still has|have not arrived|come|answered|delivered|replied, has|have not arrived|been_sent|answered|replied, nobody|no_one answered|answers|replied|replies|reacts|can, until somebody|someone|legal|finance|ops|security|procurement, refuses my|the|our|every, is possible until, possible until, until it comes|arrives, went offline, is|are|~ suspended our, need it from|the|before, hang|hangs on the same, =locked the|us|me, hängt|hänge an|fest, blockiert, warte|warten|wartet auf, komme|kommen nicht weiter, geht nicht weiter, kann nicht weiter|weitermachen, bloqué, bloquée, bloqués, bloquées, en attente, j'attends, nous attendons, bloqueado, bloqueada, esperando, impossible de continuer|avancer, does not let|allow me|us, out of my|our hands, no access to|yet, waits|wait for|on approval|legal|the|a",
    not: "no longer blocked|waiting|stuck, not blocked|waiting|stuck, nothing blocked, unblocked, waiting is over, waiting room|time|list, non blocking, blocked list|user|users|time, error handling, stuck with it|you, waiting for the|a weekend|holiday|summer, stuck together, was|were blocked|stuck|waiting, wait for the condition, waits|wait for|on the|a condition|event|signal|promise|lock, can not wait",
  },
  "@Decision-Made": {
    terms:
      "=decided, decision:, ^decision for|of, verdict:, ^verdict, final call, conclusion:, conclusion|outcome|result of the|our summit|meeting|quality|review|vote|debate, =finalized, =finalised, =approved, =settled, it is settled, i|we|have|has|was|been|~ =chosen, i|we =chose, ^=chose, i|we|have =picked, ^=picked, i|we|finally =went with|for, ^=went with|for, =opted for, i|we|let_us go|going|going_ahead with, we will use|adopt|take|treat|keep|stay_with|drop|ship|build|do_that|go_with, we commit to, we are moving|switching from|to|off|away, ^final:, final, =agreed, ^=confirmed, =confirmed by, is|are|have|has|been =confirmed, from now|here|today on, has|have|~ =ruled that|for|out|~, we|i use|shoot|take|keep|drop|ship|stay|call|merge|go then|from_now|now, we use one|a|the, stays the only|reference|default|standard|source, is out, is the rule, that is the|our|final rule|call|decision|plan, then that is the rule, decision|choice|call|model|vote stands, the course for, so it is the, yes do it that way, do it that way, beschlossen, entschieden, entscheidung:, wir nehmen|bleiben|setzen|machen|verwenden, festgelegt, décidé, décidée, décision:, retenu, nous|on retenons|retient|partons|part, decidido, acordado, hemos decidido, convinced|convinces me, made|make the|our|up call|our_mind|my_mind, made up our|my mind, no release without, no model leaves, concluded, we have|~ concluded that, resolved to|that, it is x, phased out, we|i =selected, we|i|have =committed to, has|have =voted for, that is =decided, the winner is, =adopted, i|we stick|sticking with|to, i go with, that settles it, case closed, we will do that",
    not: "nothing decided|settled, agreed upon price, settled in|down|into, chosen people, decided yet, final exam|year|word|version|result|file|step|score|answer|test|draft|report|check|state|list|pass|review|touch, to be decided, undecided, the final, a final, approved photos, is out of, are out of, please confirm, agreed to meet, decided by, semi final, final e, confirmed that you, went for a walk|run|swim|drive, vote stands for, are we going with, confirmed case|cases|booking",
  },
  "@Action-Required": {
    terms:
      "todo, to do:, fixme, please, pls, plz, must, needs|need to be|go|get|happen|have|know|cover|handle, need|needs a, has|have to be|print|run|cover|pass|carry|be_ported|migrate|go|happen|stay|come, need you to, want you|someone|somebody to, make sure, you|somebody|someone|everyone|everybody should|needs|need|has|have_to|must to, action required, action item, action:, remember to, do not forget to, it is your turn to, ^do it, yes do it, bitte, il faut, il faudrait, s'il te plaît, s'il vous plaît, stp, svp, merci de, por favor, hay que, veuillez, muss noch, müsst, musst du, ^=add, ^=fix, ^=implement, ^=write, ^=update, ^=create, ^=remove, ^=rename, ^=refactor, ^=run, ^=rerun, ^=rewrite, ^=replace, ^=move, ^=change, ^=check, ^=build, ^=deploy, ^=delete, ^=send, ^let me know|have, ^=tell, ^=use, ^=look, ^=review, ^=investigate, ^=document, ^=bump, ^=revert, ^=extract, ^=test, ^=split, ^=set, ^=make, ^=measure, ^=compute, ^=export, ^=import, ^=drop, ^=show, ^=retake, ^=reshoot, ^=rebuild, ^=restore, ^=compare, ^=convert, ^=cut, ^=trim, ^=put, ^=give, ^=prepare, ^=go through, ^=ask, ^=upload, ^=verify, ^=validate, ^=close, ^=switch, ^=turn, ^=take the, need|needs someone|somebody, and =make sure, on you to, over to you:, i need the|a|your|this|these|it|them|two|three|all from|by|to|asap|today|tomorrow",
    not: "please do not explode, yes please, no please, must have been, a must, must see, must be nice|a|so, must say|admit, if you please, i|we have|has to, i|we must, i|we need to, have to go|run|leave, must not, needs no, need a moment|minute|break|coffee|holiday|drink|nap, need one answer, run it, ^run completed|finished|failed|took|done|ran, ^test passed|failed|run|suite|double|results, ^build failed|passed|green|finished|is, ^check passed|failed, ^review is|of|done|finished, ^update:, ^export to|completed|finished|done, ^import of|finished|completed|done, ^change is|in, ^use of, ^split is, ^move is, ^show must, ^deploy is|failed|finished|went|done, ^set of, ^document is, ^upload of|is|finished|done",
  },
  "@Question-Open": {
    terms:
      "does|do anybody|anyone know, can anybody|anyone tell|say|explain, any idea|ideas, any objections, your thoughts|take|opinion|view, opinions welcome, counterarguments welcome, i wonder whether|if|how|what|why, ^how should, ^what if, ^which one should, what do you think, let me know what you think, open question, question:, not sure whether|if|which|how, unclear whether|which|how, weiß jemand, was meint ihr, qu'en pensez|penses",
  },
};

const WORK =
  "add|fix|make|write|update|create|remove|rename|refactor|run|rerun|rewrite|replace|move|change|check|build|deploy|delete|send|review|look|investigate|document|test|set|export|import|implement|show|give|put|take|upload|share|post|open|close|merge|push|pull|try|use|clean|split|bump|revert|extract|measure|compute|recompute|redo|repeat|reshoot|retake|prepare|convert|render|generate|handle|confirm|approve|start|stop|restart|drop|move|port|migrate|index|cut|trim|reduce|lower|raise|increase|hand|pass|ask|ping|get|have|do|please|also|quickly|help|sign|provide|list|compare|adjust|align|crop|label|mark|turn|switch|enable|disable|install|configure|draft|sketch|summarise|summarize|translate|validate|verify|bring|keep|log|find|schedule|assign|attach|double|re";

const REQUESTS: Table = {
  request: {
    terms: `can|could|would|will you ${WORK}, can|could|would somebody|someone|anyone|anybody ${WORK}, would you mind, kannst|könntest|könnt du|ihr, können|könnten sie, peux tu, pouvez vous, pourrais tu, pourriez vous, puedes, podrías`,
  },
  answered: {
    terms:
      "^because, ^nope, ^no, ^yes it, ^turns out, ^it was, ^simple:, ^well no, ^guess, ^found, ^never mind, nope on, ^not really, ^apparently",
  },
};

export const TAG_TERMS: readonly Term[] = [...termsOf("tag", SIGNS), ...termsOf("act", REQUESTS)];

/** Tags in the order they are shown, each with the words that earned it. */
export type Tags = Readonly<Record<string, readonly string[]>>;

/** What the words of a text say of its state; hand-written tags first, the domain last. */
export function tagsOf(reading: Reading, found: Found, chain: string): Tags {
  const tags: Record<string, readonly string[]> = {};
  for (const tag of reading.tags) if (!tag.startsWith("@Chain-")) tags[tag] = ["written by hand"];
  for (const tag of Object.keys(SIGNS)) {
    const matched = [...(found.tag.get(tag)?.matched ?? []), ...asked(tag, reading, found)];
    if (matched.length > 0 && tags[tag] === undefined) tags[tag] = matched;
  }
  if (chain !== "unclassified") tags[`@Chain-${chain}`] = [chain];
  return tags;
}

/** A question is open when somebody else shall answer it with words. */
function asked(tag: string, reading: Reading, found: Found): readonly string[] {
  const requests = found.act.get("request");
  if (tag === "@Action-Required") return requests?.matched ?? [];
  if (tag !== "@Question-Open" || found.act.has("answered")) return [];
  return reading.questions > (requests?.matched.length ?? 0) ? ["?"] : [];
}
