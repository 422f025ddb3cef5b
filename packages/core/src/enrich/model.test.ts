import { expect, test } from "bun:test";
import { automatonOf } from "./automaton.ts";
import { kindOf } from "./kinds.ts";
import { codeIn, lexiconOf } from "./lexicon.ts";
import { type Judged, judged, learntModel, modelOf, STATUS_TAGS, TIERS } from "./model.ts";
import { pathTableOf } from "./paths.ts";
import type { Known } from "./reader.ts";
import { readingOf } from "./reading.ts";
import type { Signs } from "./signs.ts";

const READY = TIERS.length + STATUS_TAGS.indexOf("@Status-Ready");
/** One weight, for Ready. */
const ready = (weight: number): readonly number[] => [0, 0, 0, 0, weight, 0, 0, 0, 0];
const small = modelOf({
  bias: ready(-100),
  signs: {
    DONE: [0, 0, 50, 0, 200, 0, 0, 0, 0],
    "DONE ?": ready(-200),
    "not.. DONE": ready(-300),
    "if.. DONE": ready(-300),
    "^ DONE": ready(30),
    "ship is": ready(10),
    hull: ready(-5),
    "hull ?": ready(60),
    "@leads on": ready(-30),
    "@by an assistant": ready(-50),
    "@after a question": ready(40),
  },
});
const automaton = automatonOf([]);
const known: Known = {
  automaton,
  lexicon: lexiconOf(automaton, pathTableOf([]), small),
  vocabulary: small,
  code: codeIn(small),
  effects: [],
  labels: [],
  begin: 0,
  colon: 0,
};
const signsOf = (text: string): Signs => readingOf(text, known).signs;
const judge = (text: string): Judged =>
  judged(text, signsOf(text), { before: null, byAssistant: false }, [], small);
const readiness = (text: string): number => {
  const sure = judge(text).sure[READY] ?? 0;
  return Math.round(Math.log(sure / (1 - sure)) * 100);
};

test("E6: a sign counts once a sentence, and the loudest sentence counts", () => {
  expect(readiness("a ship")).toBe(-100);
  expect(readiness("a ship, done")).toBe(100);
  expect(readiness("a ship, done, done, done")).toBe(100);
  expect(readiness("a ship, done. a ship, done. a ship.")).toBe(100);
  expect(readiness("Done. A ship, done.")).toBe(130);
  const once = judge("a ship, done").sure[TIERS.indexOf("E")];
  expect(judge("a ship, done. a ship, done.").sure[TIERS.indexOf("E")]).toBe(once ?? 0);
});

test("what is asked, denied, supposed or in code is not said", () => {
  expect(readiness("a ship, done?")).toBe(-100);
  expect(readiness("it is not quite as far as done")).toBe(-200);
  expect(readiness("no ship, done")).toBe(100);
  expect(readiness("if the mast is done")).toBe(-200);
  expect(readiness("a mast, `done`")).toBe(-100);
  expect(readiness("a mast\n```\ndone\n```")).toBe(-100);
  expect(readiness("A mast? It, done")).toBe(140);
});

test("a sentence that leads on by a colon, and what an assistant says of its own work, are signs", () => {
  expect(readiness("the mast, done:")).toBe(70);
  expect(readiness("the mast: done")).toBe(100);
  expect(readiness("done:\n\n- a mast")).toBe(100);
  const text = "the mast, done";
  const { sure } = judged(text, signsOf(text), { before: null, byAssistant: true }, [], small);
  expect(sure[READY]).toBeCloseTo(1 / (1 + Math.exp(-0.5)));
});

test("an answer is explained by the words that say most for it, as they were written", () => {
  expect(judge("The Ship is, Finished").matched(READY)).toEqual(["Finished", "Ship is"]);
  expect(judge("The ship is done, finished").matched(READY)).toEqual(["done", "ship is"]);
  expect(judge('{"hull":"done"}').matched(READY)).toEqual(["done"]);
  expect(judge("a mast. A Hull?").matched(READY)).toEqual(["Hull"]);
  expect(judge("who? The hull, *painted* red").matched(READY)).toEqual(["hull, *painted* red"]);
  expect(judge("who? a mast").matched(READY)).toEqual([]);
  expect(judge("").matched(READY)).toEqual([]);
});

test("a word is of its kind in any inflection, and otherwise of its ending", () => {
  expect(["until", "waited", "waiting", "waits"].map(kindOf)).toEqual([
    "until",
    "WAIT.ed",
    "WAIT.ing",
    "WAIT",
  ]);
  expect(["frobbed", "frobbing", "frob", "17", "bitte"].map(kindOf)).toEqual([
    "*ed",
    "*ing",
    "*",
    "NUMBER",
    "please",
  ]);
});

test("what was learnt holds as many weights as there are labels", () => {
  const { weights, names, bias } = learntModel();
  expect(weights).toHaveLength(names.length * bias.length);
  expect(bias).toHaveLength(TIERS.length + STATUS_TAGS.length);
  expect(names.length).toBeGreaterThan(1000);
});
