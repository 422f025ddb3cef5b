/** What one wants to be told of: numbers of a report that cross a line. */
import type { Alert, AlertsAnswer } from "@verbatim/api/contract";
import { type FormEvent, useState } from "react";
import { useAsked } from "../../asking/asked.ts";
import { send } from "../../asking/server.ts";
import { Scroll } from "../../parts/scroll.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { useDoing } from "./doing.ts";

const PATH = "/v1/analytics/alerts";
const LOOK_MS = 10_000;
/** The commonest; any number of a report may be written. */
const METRICS = [
  "open.blocked",
  "open.question",
  "tools.error_share",
  "tools.errors",
  "cost.micro_usd",
  "tokens.total",
  "counted_messages",
  "collaboration_score",
  "asides",
  "response_times.mean_seconds",
] as const;

export function Alerts({ mayChange }: { readonly mayChange: boolean }) {
  const { data, problem, again } = useAsked<AlertsAnswer>(PATH, {}, { everyMs: LOOK_MS });
  return (
    <section id="alerts" className="panel">
      <h2>Alerts</h2>
      <p className="soft panel-note">
        Looked at every five minutes while everything heard is counted.{" "}
        {data?.checked_at === undefined || data.checked_at === null ? (
          "Not yet."
        ) : (
          <>
            Last: <Time at={data.checked_at} brief />
          </>
        )}
      </p>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data?.problem === undefined || data.problem === null ? null : (
        <p className="trouble">alerts.json: {data.problem}</p>
      )}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="alerts" />
        ) : null
      ) : data.data.length === 0 ? (
        <p className="soft">No rule yet. One to begin with: open.blocked above 3.</p>
      ) : (
        <RuleTable rules={data.data} mayChange={mayChange} again={again} />
      )}
      {mayChange ? <WriteRule again={again} /> : null}
    </section>
  );
}

type TableProps = {
  readonly rules: readonly Alert[];
  readonly mayChange: boolean;
  readonly again: () => void;
};

function RuleTable({ rules, mayChange, again }: TableProps) {
  const { isBusy, problem, run } = useDoing();
  const remove = async (name: string): Promise<void> => {
    if (await run(() => send("DELETE", `${PATH}/${encodeURIComponent(name)}`))) again();
  };
  return (
    <Scroll label="rules of alerts">
      {problem === null ? null : <Trouble problem={problem} />}
      <table>
        <thead>
          <tr>
            <th scope="col">rule</th>
            <th scope="col">when</th>
            <th scope="col">now</th>
            <th scope="col">told to</th>
            <th scope="col">
              <span className="unseen">remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name}>
              <th scope="row">{rule.name}</th>
              <td>{conditionOf(rule)}</td>
              <td className={rule.firing ? "bad" : undefined}>
                {rule.firing ? (
                  <>
                    {rule.value} since <Time at={rule.since} brief />
                  </>
                ) : (
                  "quiet"
                )}
              </td>
              <td>{rule.webhook ? "its webhook, status and log" : "status and log"}</td>
              <td>
                {mayChange ? (
                  <button
                    type="button"
                    aria-label={`Remove ${rule.name}`}
                    disabled={isBusy}
                    onClick={() => void remove(rule.name)}
                  >
                    Remove
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function conditionOf({ metric, above, below, hours }: Alert): string {
  const sides = [
    ...(above === null ? [] : [`above ${above}`]),
    ...(below === null ? [] : [`below ${below}`]),
  ];
  return `${metric} of ${hours} h ${sides.join(" or ")}`;
}

function WriteRule({ again }: { readonly again: () => void }) {
  const { isBusy, problem, run } = useDoing();
  const [rule, setRule] = useState({
    name: "",
    metric: "",
    side: "above",
    amount: "",
    hours: "24",
  });
  const set = (more: Partial<typeof rule>): void => setRule((before) => ({ ...before, ...more }));
  const write = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { name, metric, side, amount, hours } = rule;
    const ask = { metric: metric.trim(), [side]: Number(amount), hours: Number(hours) };
    const path = `${PATH}/${encodeURIComponent(name.trim())}`;
    if (!(await run(() => send("PUT", path, ask)))) return;
    set({ name: "", amount: "" });
    again();
  };
  return (
    <form className="make" onSubmit={(event) => void write(event)}>
      <h3>Write a rule</h3>
      <p className="soft panel-note">One of the same name is replaced; its webhook stays.</p>
      <div className="bar">
        <label>
          <span className="soft">rule</span>
          <input
            required
            value={rule.name}
            pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
            title="letters, digits, _ and -"
            onChange={(event) => set({ name: event.target.value })}
          />
        </label>
        <label>
          <span className="soft">number</span>
          <input
            required
            list="metrics"
            value={rule.metric}
            onChange={(event) => set({ metric: event.target.value })}
          />
          <datalist id="metrics">
            {METRICS.map((metric) => (
              <option key={metric}>{metric}</option>
            ))}
          </datalist>
        </label>
        <label>
          <span className="soft">is</span>
          <select value={rule.side} onChange={(event) => set({ side: event.target.value })}>
            <option>above</option>
            <option>below</option>
          </select>
        </label>
        <label>
          <span className="soft">amount</span>
          <input
            required
            type="number"
            step="any"
            value={rule.amount}
            onChange={(event) => set({ amount: event.target.value })}
          />
        </label>
        <label>
          <span className="soft">in hours</span>
          <input
            required
            type="number"
            min={1}
            value={rule.hours}
            onChange={(event) => set({ hours: event.target.value })}
          />
        </label>
        <button type="submit" className="main" disabled={isBusy}>
          Write it
        </button>
      </div>
      {problem === null ? null : <Trouble problem={problem} />}
    </form>
  );
}
