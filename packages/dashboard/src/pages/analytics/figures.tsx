/** The largest numbers of a period, each with how it changed, and a table of all that is compared. */
import type { Report } from "@verbatim/core";
import { Link } from "wouter";
import { Panel } from "../../parts/charts/panel.tsx";
import { briefText, costText } from "../../parts/charts/scale.ts";
import { countText } from "../../parts/figures.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Time } from "../../parts/time.tsx";
import type { Ways } from "./period.ts";

type Metrics = NonNullable<Report["comparison"]>["metrics"];
type Change = Metrics[string];

export function MainFigures({ report, ways }: { readonly report: Report; readonly ways: Ways }) {
  const metrics = report.comparison?.metrics ?? {};
  const { counted_messages, total_messages, sessions, words, turns, tokens, cost } = report;
  return (
    <dl className="figures">
      <One name="messages that count" change={metrics["counted_messages"]} href={ways.counted()}>
        {countText(counted_messages)}
      </One>
      <One
        name="of all records"
        change={metrics["total_messages"]}
        href={ways.messages({ records: true })}
      >
        {countText(total_messages)}
      </One>
      <One name="sessions" change={metrics["sessions"]} href={ways.sessions()}>
        {countText(sessions)}
      </One>
      <One name="words" change={metrics["words"]} href={ways.counted()}>
        {briefText(words)}
      </One>
      <One name="turns" change={metrics["turns.count"]} href={ways.messages({ role: "user" })}>
        {countText(turns.count)}
      </One>
      <One name="tokens" change={metrics["tokens.total"]} href="#tokens-and-cost">
        {briefText(tokens.total)}
      </One>
      <One name="cost" change={metrics["cost.micro_usd"]} href="#tokens-and-cost">
        {costText(cost.micro_usd)}
      </One>
    </dl>
  );
}

type OneProps = {
  readonly name: string;
  readonly change: Change | undefined;
  readonly href: string;
  readonly children: string;
};

function One({ name, change, href, children }: OneProps) {
  const inner = <span className="figure-link">{children}</span>;
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>
        {href.startsWith("#") ? <a href={href}>{inner}</a> : <Link href={href}>{inner}</Link>}
        <small>{change === undefined ? "\u00A0" : changeText(change)}</small>
      </dd>
    </div>
  );
}

/** "+12 %", "as before"; without a number before there is no share. */
function changeText({ now, before, change_share }: Change): string {
  if (now === before) return "as before";
  if (change_share === null) return "none before";
  const percent = change_share * 100;
  const text =
    Math.abs(percent) >= 1000 ? `×${(now / before).toFixed(0)}` : `${percent.toFixed(0)} %`;
  return percent > 0 && !text.startsWith("×") ? `+${text}` : text.replace("-", "−");
}

/** What is compared, as it is called, and what kind of number it is. */
const COMPARED: Readonly<Record<string, readonly [name: string, text: (value: number) => string]>> =
  {
    counted_messages: ["messages that count", countText],
    total_messages: ["all records", countText],
    collaboration_score: ["collaboration score", (value) => value.toFixed(1)],
    sessions: ["sessions", countText],
    speaker_count: ["speakers", countText],
    words: ["words", countText],
    "turns.count": ["turns", countText],
    "response_times.mean_seconds": ["mean time to an answer", (value) => `${value.toFixed(0)} s`],
    "opened.question": ["questions asked", countText],
    "opened.blocked": ["reports of blocked work", countText],
    "tools.calls": ["tool calls", countText],
    "tools.errors": ["tool calls that failed", countText],
    "tools.error_share": [
      "share of tool calls that failed",
      (value) => `${(value * 100).toFixed(1)} %`,
    ],
    "tokens.total": ["tokens", countText],
    "cost.micro_usd": ["cost", costText],
    duplicates: ["repeated messages", countText],
    asides: ["records set aside", countText],
  };

/** This period beside the one of the same length before it. */
export function Compared({ report }: { readonly report: Report }) {
  const { comparison } = report;
  if (comparison === null)
    return (
      <section className="panel">
        <h2>Against the period before</h2>
        <p className="soft">Everything has nothing before it: choose a period.</p>
      </section>
    );
  const rows = Object.entries(comparison.metrics).flatMap(([path, change]) => {
    const [name, text] = COMPARED[path] ?? [path, countText];
    return [{ path, name, text, change }];
  });
  return (
    <Panel
      title="Against the period before"
      note={
        <>
          which was <Time at={comparison.since} brief /> to <Time at={comparison.until} brief />
        </>
      }
      isDrawn={false}
      table={() => ({
        names: ["number", "before", "now", "change"],
        rows: rows.map(({ path, change }) => [path, change.before, change.now, change.change]),
      })}
    >
      <Scroll label="numbers of both periods">
        <table>
          <thead>
            <tr>
              <th scope="col">number</th>
              <th scope="col" className="number">
                before
              </th>
              <th scope="col" className="number">
                now
              </th>
              <th scope="col" className="number">
                change
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ path, name, text, change }) => (
              <tr key={path}>
                <th scope="row">{name}</th>
                <td className="number">{text(change.before)}</td>
                <td className="number">{text(change.now)}</td>
                <td className="number">{changeText(change)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Panel>
  );
}
