/** Mutants for the pages of numbers, and for what is set over the API (A31 to A34, B30 to B34). */
import type { Mutant } from "./mutant.ts";

const SETTINGS = ["packages/api/src/routes/settings.test.ts"];
const CHARTS = ["packages/dashboard/src/parts/charts/charts.test.ts"];
const PERIOD = ["packages/dashboard/src/pages/analytics/period.test.ts"];
const PHASES = ["packages/dashboard/src/pages/journey/phases.test.ts"];
const BROWSER = ["tests/dashboard-numbers.e2e.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "A30",
    what: "a listing is of every model",
    file: "packages/drivers/src/store/filter.ts",
    find: "and((at) => `model = ${at}`, filter.model);",
    replace: "",
    tests: BROWSER,
  },
  {
    promise: "A30",
    what: "a search is of every model",
    file: "packages/drivers/src/store/filter.ts",
    find: '["chain_type", "ace_tier", "model"]',
    replace: '["chain_type", "ace_tier"]',
    tests: BROWSER,
  },
  {
    promise: "A31",
    what: "an answer with a token is remembered for whoever asks again",
    file: "packages/api/src/http/idempotency.ts",
    find: '|| headers.get("cache-control") === "no-store"',
    replace: "",
    tests: SETTINGS,
  },
  {
    promise: "A31",
    what: "a list of keys holds what they are known by",
    file: "packages/core/src/access/keys.ts",
    find: "return { ...key, standing, last_used: used };",
    replace: "return { ...key, sha256: _, standing, last_used: used } as KeyShown;",
    tests: SETTINGS,
  },
  {
    promise: "A32",
    what: "a taxonomy takes the place of one its writer never saw",
    file: "packages/api/src/routes/taxonomy.ts",
    find: "if (meant !== undefined) {",
    replace: 'if (meant === "") {',
    tests: SETTINGS,
  },
  {
    promise: "A33",
    what: "a preview is of the taxonomy that holds",
    file: "packages/api/src/settings/previewing.ts",
    find: "[enricherOf(now), enricherOf(proposed)]",
    replace: "[enricherOf(now), enricherOf(now)]",
    tests: SETTINGS,
  },
  {
    promise: "A33",
    what: "a preview puts the taxonomy in place",
    file: "packages/api/src/routes/taxonomy.ts",
    find: "const { taxonomy: now } = await held(ports);",
    replace:
      "const { taxonomy: now } = await held(ports); await ports.settings.setTaxonomy(proposed);",
    tests: SETTINGS,
  },
  {
    promise: "A34",
    what: "a rule that is written anew loses its webhook",
    file: "packages/core/src/analytics/alert-editing.ts",
    find: '...(before !== undefined && "webhook" in before ? { webhook: before.webhook } : {}),',
    replace: "",
    tests: SETTINGS,
  },
  {
    promise: "A34",
    what: "removing one rule removes all",
    file: "packages/core/src/analytics/alert-editing.ts",
    find: "const others = read.value.filter((one) => nameOf(one) !== name);",
    replace: "const others = read.value.some((one) => nameOf(one) === name) ? [] : read.value;",
    tests: SETTINGS,
  },
  {
    promise: "B30",
    what: "a number leads to messages of all times",
    file: "packages/dashboard/src/pages/analytics/period.ts",
    find: 'address("/messages", { author, ...span, ...more })',
    replace: 'address("/messages", { author, ...more })',
    tests: PERIOD,
  },
  {
    promise: "B30",
    what: "a bar leads nowhere",
    file: "packages/dashboard/src/parts/charts/bar-list.tsx",
    find: "if (href === null) return",
    replace: 'if (href !== "") return',
    tests: BROWSER,
  },
  {
    promise: "B31",
    what: "hours of one day push each other out",
    file: "packages/dashboard/src/parts/charts/times.ts",
    find: "(sums.get(start) ?? 0) + hour[measure]",
    replace: "hour[measure]",
    tests: CHARTS,
  },
  {
    promise: "B31",
    what: "a day has 24 hours",
    file: "packages/dashboard/src/parts/charts/times.ts",
    find: "return new Date(year, month, day + 1);",
    replace: "return new Date(start.getTime() + DAY_MS);",
    tests: CHARTS,
  },
  {
    promise: "B32",
    what: "a cell that begins like a formula is written as one",
    file: "packages/dashboard/src/parts/charts/saving.ts",
    find: "/^[=+\\-@\\t\\r]/.test(value)",
    replace: "/^[=]/.test(value)",
    tests: CHARTS,
  },
  {
    promise: "B33",
    what: "the token goes into the address",
    file: "packages/dashboard/src/pages/settings/keys.tsx",
    find: "login(made.token).then(() => window.location.reload())",
    replace: "login(made.token).then(() => window.location.assign(`/settings?${made.token}`))",
    tests: BROWSER,
  },
  {
    promise: "B34",
    what: "what was reached at the end of a phase is in the next one too",
    file: "packages/dashboard/src/pages/journey/phases.ts",
    find: "one.seq < next.seq",
    replace: "one.seq <= next.seq + 1",
    tests: PHASES,
  },
  {
    promise: "B34",
    what: "what was reached before the first feeling is nowhere",
    file: "packages/dashboard/src/pages/journey/phases.ts",
    find: "if (isBefore) starts.push",
    replace: "if (!isBefore && starts.length > 0) starts.push",
    tests: PHASES,
  },
];
