/** Mutants for the numbers (N). */
import type { Mutant } from "./mutant.ts";

const SCORE = "packages/core/src/analytics/score.ts";
const score = ["packages/core/src/analytics/score.test.ts"];
const counting = ["packages/core/src/analytics/counting.test.ts"];
const THREADS = "packages/core/src/analytics/threads.ts";
const threads = ["packages/core/src/analytics/threads.test.ts"];
const ALERTS = "packages/core/src/analytics/alerts.ts";
const alerts = ["packages/core/src/analytics/alerts.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "N1",
    what: "names beyond the bound of a row are dropped",
    file: "packages/core/src/analytics/tally.ts",
    find: "else counts[OTHER] = (counts[OTHER] ?? 0) + amount;",
    replace: "else counts[OTHER] = 0;",
    tests: counting,
  },
  {
    promise: "N1",
    what: "names that are numbers come before those said before them",
    file: "packages/core/src/analytics/tally.ts",
    find: "mentions.get(later) ?? Object.keys(later)",
    replace: "Object.keys(later)",
    tests: counting,
  },
  {
    promise: "N1",
    what: "what is called (other) takes a name's place",
    file: "packages/core/src/analytics/tally.ts",
    find: ".filter((name) => name !== OTHER).length",
    replace: ".length",
    tests: counting,
  },
  {
    promise: "N1",
    what: "what a thread was about is forgotten between two stretches",
    file: "packages/core/src/analytics/counting.ts",
    find: "left.get(key) ?? threads.get(key) ?? NEW_THREAD",
    replace: "left.get(key) ?? NEW_THREAD",
    tests: counting,
  },
  {
    promise: "N1",
    what: "each message of one call adds its whole usage",
    file: "packages/core/src/analytics/thread.ts",
    find: "was.model === model ? more - less : more",
    replace: "more",
    tests: counting,
  },
  {
    promise: "N4",
    what: "messages by whoever it was make a speaker",
    file: SCORE,
    find: '[[speaker, tally.message?.["counted"]]]',
    replace: '[[speaker, tally.message?.["all"]]]',
    tests: score,
  },
  {
    promise: "N4",
    what: "hours in which nothing counts are looked at too",
    file: SCORE,
    find: '[hour.slice(0, DAY_CHARS), tally.message?.["counted"]]',
    replace: '[hour.slice(0, DAY_CHARS), tally.message?.["all"]]',
    tests: score,
  },
  {
    promise: "N4",
    what: "a name that is no domain of the taxonomy is one",
    file: SCORE,
    find: ".filter(([name]) => known.has(name))",
    replace: "",
    tests: score,
  },
  {
    promise: "N4",
    what: "volume counts as steadiness",
    file: SCORE,
    find: "share: effective / against,",
    replace: "share: [...by.values()].reduce((a, b) => a + b, 0) / 100,",
    tests: score,
  },
  {
    promise: "N4",
    what: "a repeated message counts",
    file: "packages/core/src/analytics/standing.ts",
    find: 'own === "counted" && !isFirst ? "duplicate" : own',
    replace: "own",
    tests: score,
  },
  {
    promise: "N5",
    what: "a pause drops the message after it",
    file: THREADS,
    find: "if (run === undefined || ends(run, message)) runs.push([message]);",
    replace:
      "if (run === undefined) runs.push([message]);\n    else if (ends(run, message)) continue;",
    tests: threads,
  },
  {
    promise: "N5",
    what: "two streams of a session are one thread",
    file: THREADS,
    find: "${threadKeyOf(message)}",
    replace: "${message.session_id}",
    tests: threads,
  },
  {
    promise: "N5",
    what: "short threads are left out unasked",
    file: THREADS,
    find: "(options.min_messages ?? 1)",
    replace: "(options.min_messages ?? 2)",
    tests: threads,
  },
  {
    promise: "N5",
    what: "the order messages come in decides",
    file: THREADS,
    find: "const inOrder = all.toSorted(byTime);",
    replace: "const inOrder = all;",
    tests: threads,
  },
  {
    promise: "N6",
    what: "an alert is told again at every look",
    file: ALERTS,
    find: "if (was === undefined && is !== undefined)",
    replace: "if (is !== undefined)",
    tests: alerts,
  },
  {
    promise: "N6",
    what: "a number nobody knows ends an alert",
    file: ALERTS,
    find: "value === null ? was : crossingOf(rule",
    replace: "value === null ? undefined : crossingOf(rule",
    tests: alerts,
  },
  {
    promise: "N6",
    what: "no score is taken for a low one",
    file: "packages/core/src/analytics/alert-metrics.ts",
    find: "if (OF_WORDS.test(path) && report.counted_messages === 0) return null;",
    replace: "",
    tests: alerts,
  },
];
