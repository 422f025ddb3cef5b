/**
 * Metrics for Prometheus. Everything is there from the first moment; what nobody
 * can say now is NaN, so that a server that is away never looks like a zero.
 */
import { QUEUES } from "@verbatim/core";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StatusAnswer } from "./contract.ts";
import type { Observed } from "./http/observe.ts";

export interface Metrics {
  readonly contentType: string;
  /** Counts a request that was answered. */
  seen(observed: Observed): void;
  /** The text of everything, as of this status. */
  text(status: StatusAnswer, followers: number): Promise<string>;
}

/** The metrics of one server. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "verbatim_http_requests_total",
    help: "Requests answered",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "verbatim_http_request_seconds",
    help: "Time to the head of the answer",
    labelNames: ["method", "route"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  requests.inc({ method: "POST", route: "/v1/messages", status: "201" }, 0);
  seconds.zero({ method: "POST", route: "/v1/messages" });
  const gauges = openGauges(registry);
  return {
    contentType: registry.contentType,
    seen: ({ method, route, status, seconds: took }) => {
      requests.inc({ method, route, status: String(status) });
      seconds.observe({ method, route }, took);
    },
    text: async (status, followers) => {
      gauges(status, followers);
      return await registry.metrics();
    },
  };
}

/** Numbers of the status by their name here. */
const PLAIN: readonly (readonly [string, string, (status: StatusAnswer) => number | null])[] = [
  ["heard", "Entries in the journal", (one) => one.heard],
  ["stored", "Entries of which messages were stored", (one) => one.stored],
  ["aside", "Entries set aside with a reason", (one) => one.aside],
  ["behind", "Entries not settled yet", (one) => one.behind],
  ["messages", "Messages in the deep store", (one) => one.messages],
  ["hot_to", "Seq up to which the hot store is made", (one) => one.hot_to],
  ["indexed_to", "Seq up to which the text index is made", (one) => one.indexed_to],
  ["counted_to", "Seq up to which the numbers are made", (one) => one.counted_to],
  [
    "last_record_age_seconds",
    "Since the newest record that went all the way through was heard",
    (one) => (one.last_record_age_ms === null ? null : one.last_record_age_ms / 1000),
  ],
  [
    "journal_write_failures",
    "Failed writes since the last good one",
    (one) => one.ingest?.write_failures ?? null,
  ],
  [
    "bus_recorded",
    "Messages of the bus in the journal since its start",
    (one) => one.bus?.recorded ?? null,
  ],
  [
    "bus_waiting",
    "Messages of the bus that wait for the journal",
    (one) => one.bus?.waiting ?? null,
  ],
  [
    "bus_refused",
    "Messages of the bus that the journal will never take",
    (one) => one.bus?.refused ?? null,
  ],
  [
    "bus_pauses",
    "Times the bus stopped reading because too much was waiting",
    (one) => one.bus?.pauses ?? null,
  ],
  [
    "bus_followers",
    "Clients of the bus that follow its record",
    (one) => one.bus?.followers ?? null,
  ],
  ["journal_bytes", "Size of the journal", (one) => one.ingest?.journal_bytes ?? null],
  ["disk_free_bytes", "Room on the journal's disk", (one) => one.ingest?.disk_free_bytes ?? null],
];

function openGauges(registry: Registry): (status: StatusAnswer, followers: number) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name: `verbatim_${name}`, help, labelNames, registers: [registry] });
  const plain = PLAIN.map(([name, help, of]) => [gauge(name, help), of] as const);
  const followers = gauge("live_followers", "Readers of the live feed");
  const up = gauge("part_up", "1 when the part answers", ["part"]);
  const jobs = gauge("jobs", "Jobs of a queue in a state", ["queue", "state"]);
  const busHeard = gauge("bus_heard", "Messages heard on the bus since its start", ["way"]);
  const restarts = gauge("process_restarts", "Restarts of all supervised processes");
  return (status, following) => {
    for (const [one, of] of plain) one.set(of(status) ?? Number.NaN);
    followers.set(following);
    for (const [part, { ok }] of Object.entries(status.parts)) up.set({ part }, ok ? 1 : 0);
    for (const { queue, state, jobs: many } of jobsIn(status)) jobs.set({ queue, state }, many);
    for (const [way, many] of heardIn(status)) busHeard.set({ way }, many);
    restarts.set(status.processes.reduce((sum, one) => sum + one.restarts, 0));
  };
}

function heardIn({ bus }: StatusAnswer): readonly (readonly [string, number])[] {
  return bus === null ? [] : Object.entries(bus.heard);
}

function jobsIn(
  status: StatusAnswer,
): readonly { readonly queue: string; readonly state: string; readonly jobs: number }[] {
  return QUEUES.flatMap((queue) => {
    const counts = status.queues?.find((one) => one.queue === queue);
    const states = ["waiting", "active", "delayed", "failed"] as const;
    return states.map((state) => ({ queue, state, jobs: counts?.[state] ?? Number.NaN }));
  });
}
