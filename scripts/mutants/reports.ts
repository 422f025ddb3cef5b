/** Mutants for reports as files (R) and alerts that are told (O). */
import type { Mutant } from "./mutant.ts";

const SHELF = ["packages/drivers/src/files/reports.test.ts"];
const REPORTING = ["packages/workers/src/reporting.test.ts"];
const ALERTING = ["packages/workers/src/alerting.test.ts"];
const CHORES = ["packages/drivers/src/queue/chores.int.test.ts"];
const DELIVERING = ["packages/workers/src/delivering.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "R1",
    what: "a name may go on behind that of a report",
    file: "packages/core/src/reports/names.ts",
    find: "(?:_([1-9]\\d{0,5}))?$/",
    replace: "(?:_([1-9]\\d{0,5}))?/",
    tests: ["packages/core/src/reports/names.test.ts"],
  },
  {
    promise: "R1",
    what: "whatever is asked for is read",
    file: "packages/drivers/src/files/reports.ts",
    find: "      if (!isReportId(id)) return null;\n      return await readFile",
    replace: "      return await readFile",
    tests: SHELF,
  },
  {
    promise: "R2",
    what: "a report is there once its Markdown is",
    file: "packages/drivers/src/files/reports.ts",
    find: `      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))`,
    replace: `      .filter((name) => name.endsWith(".md"))
      .map((name) => name.slice(0, -".md".length))`,
    tests: SHELF,
  },
  {
    promise: "R3",
    what: "a job that is run again makes another report",
    file: "packages/workers/src/reporting.ts",
    find: 'if (there !== "unreadable" && there.job_id === work.id) return { id, made: there };',
    replace: "",
    tests: REPORTING,
  },
  {
    promise: "R3",
    what: "a job takes the report of another of its second for its own",
    file: "packages/workers/src/reporting.ts",
    find: "&& there.job_id === work.id",
    replace: "",
    tests: REPORTING,
  },
  {
    promise: "O1",
    what: "it is told before it is written down",
    file: "packages/workers/src/alerting.ts",
    find: "  await keep(next, ports);\n",
    replace: "  await handOn(next, ports);\n  await keep(next, ports);\n",
    tests: ALERTING,
  },
  {
    promise: "O1",
    what: "what could not be handed on is forgotten",
    file: "packages/workers/src/alerting.ts",
    find: "const rested = await handOn(before, ports);",
    replace: "const rested = before;",
    tests: ALERTING,
  },
  {
    promise: "O2",
    what: "what is refused for good is told again and again",
    file: "packages/workers/src/delivering.ts",
    find: "if (status >= 400 && status < 500 && !LATER.has(status))",
    replace: "if (status < 0)",
    tests: DELIVERING,
  },
  {
    promise: "O2",
    what: "who asked to be told later is not told again",
    file: "packages/workers/src/delivering.ts",
    find: "&& !LATER.has(status)",
    replace: "",
    tests: DELIVERING,
  },
  {
    promise: "O3",
    what: "alerts are looked at while everything is counted again",
    file: "packages/workers/src/reach.ts",
    find: "return counted_to >= heard && counted_to === settled_to;",
    replace: "return settled_to >= heard;",
    tests: ALERTING,
  },
  {
    promise: "O3",
    what: "what was heard and not counted wakes somebody",
    file: "packages/workers/src/reach.ts",
    find: "counted_to >= heard && ",
    replace: "",
    tests: ALERTING,
  },
  {
    promise: "O3",
    what: "numbers that were forgotten since the look at them are taken for few",
    file: "packages/workers/src/alerting.ts",
    find: "if (!holds(await numbers.counted(), heard)) return null;",
    replace: "",
    tests: ALERTING,
  },
  {
    promise: "R4",
    what: "the clock's report does not wait for what was heard",
    file: "packages/workers/src/reporting.ts",
    find: "if ((await heardAndCounted(ports)) !== null) return await isNew(ports);",
    replace: "return await isNew(ports);",
    tests: REPORTING,
  },
  {
    promise: "R4",
    what: "a report of nothing counted is kept as zeros",
    file: "packages/workers/src/reporting.ts",
    find: "  await refuseNothing(heard_to, ports.numbers);\n",
    replace: "",
    tests: REPORTING,
  },
  {
    promise: "Q3",
    what: "a clock that is changed keeps the offset of its old interval",
    file: "packages/drivers/src/queue/chores.ts",
    find: "        await opened.removeJobScheduler(name);\n",
    replace: "",
    tests: CHORES,
  },
  {
    promise: "Q3",
    what: "a clock that comes late is left as it is",
    file: "packages/drivers/src/queue/chores.ts",
    find: "return every === ms && (offset ?? 0) < ms && (next ?? 0) <= Date.now() + ms;",
    replace: "return every === ms;",
    tests: CHORES,
  },
  {
    promise: "O4",
    what: "deliveries stand in the line of reports and looks",
    file: "packages/drivers/src/queue/chores.ts",
    find: 'lazyQueue<AlertEvent>(url, "webhook")',
    replace: 'lazyQueue<AlertEvent>(url, "report")',
    tests: CHORES,
  },
];
