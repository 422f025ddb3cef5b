/**
 * Analytics: what was said in a period, in numbers.
 *
 *   B30  Every number and every bar leads to the messages, sessions or part of
 *        the page that it is made of, for the period that is chosen.
 */
import type { BreakdownAnswer, TimelineAnswer } from "@verbatim/api/contract";
import type { Report } from "@verbatim/core";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useAsked } from "../../asking/asked.ts";
import { countText } from "../../parts/figures.tsx";
import { Empty, Trouble, Waiting } from "../../parts/states.tsx";
import { Time, useTick } from "../../parts/time.tsx";
import { ASIDE_PATH } from "../aside.tsx";
import { Compared, MainFigures } from "./figures.tsx";
import { ALL, type Chosen, OWN, PERIOD_AT_FIRST, PERIODS, queryOf, waysOf } from "./period.ts";
import { ScorePanel } from "./score.tsx";
import { Spent } from "./spent.tsx";
import { Spoken } from "./spoken.tsx";
import { When } from "./when.tsx";

/** The question changes with the hour. */
const LOOK_MS = 60_000;
/** While numbers are made they are looked at more often. */
const COUNTING_MS = 3000;

export function AnalyticsPage() {
  const chosen = useChosen();
  const now = useTick(LOOK_MS);
  const query = queryOf(chosen, now);
  const ways = waysOf(chosen, now);
  const [isCounting, setCounting] = useState(false);
  const often = { everyMs: isCounting ? COUNTING_MS : 0 };
  const { data: report, problem, again } = useAsked<Report>("/v1/analytics/report", query, often);
  useEffect(() => setCounting(report !== undefined && isBehind(report)), [report]);
  const hours = useAsked<TimelineAnswer>("/v1/analytics/timeline", { ...query, by: "hour" }, often);
  return (
    <>
      <h1>Analytics</h1>
      <Choices chosen={chosen} isCounted={report !== undefined} />
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {report === undefined ? (
        problem === null ? (
          <Waiting what="the numbers" />
        ) : null
      ) : report.total_messages === 0 ? (
        <>
          <ReachNote report={report} />
          {isBehind(report) ? null : <Nothing chosen={chosen} />}
        </>
      ) : (
        <>
          <ReachNote report={report} />
          <MainFigures report={report} ways={ways} />
          <Findings findings={report.findings} />
          <When asked={hours} ways={ways} beside={<ScorePanel report={report} />} />
          <Spoken query={query} ways={ways} />
          <Spent report={report} ways={ways} />
          <Compared report={report} />
        </>
      )}
    </>
  );
}

function useChosen() {
  const [params, setParams] = useSearchParams();
  const given = (name: string): string => params.get(name) ?? "";
  const [since, until] = [given("since"), given("until")];
  const period = since !== "" || until !== "" ? OWN : given("period") || PERIOD_AT_FIRST;
  /** Sets several at once; "" takes one away. */
  const change = (values: Readonly<Record<string, string>>): void =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(values))
          if (value === "") after.delete(name);
          else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  return { period, since, until, project: given("project"), speaker: given("speaker"), change };
}

type ChoicesProps = {
  readonly chosen: ReturnType<typeof useChosen>;
  /** The numbers are there: names to choose from are asked for after them. */
  readonly isCounted: boolean;
};

function Choices({ chosen, isCounted }: ChoicesProps) {
  const { period, since, until, project, speaker, change } = chosen;
  const [isOwn, setOwn] = useState(period === OWN);
  const choose = (value: string): void => {
    setOwn(value === OWN);
    if (value === OWN) return;
    change({ since: "", until: "", period: value === PERIOD_AT_FIRST ? "" : value });
  };
  return (
    <div className="bar">
      <label>
        <span className="soft">period</span>
        <select value={isOwn ? OWN : period} onChange={(event) => choose(event.target.value)}>
          {Object.entries(PERIODS).map(([value, { name }]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
          <option value={ALL}>everything</option>
          <option value={OWN}>from … to</option>
        </select>
      </label>
      {isOwn ? (
        <>
          <Day name="from" value={since} set={(since) => change({ since })} />
          <Day name="to" value={until} set={(until) => change({ until })} />
        </>
      ) : null}
      <NameChoice
        name="project"
        of="projects"
        isAsked={isCounted}
        value={project}
        set={(project) => change({ project })}
      />
      <NameChoice
        name="speaker"
        of="speakers"
        isAsked={isCounted}
        value={speaker}
        set={(speaker) => change({ speaker })}
      />
    </div>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly value: string;
  readonly set: (value: string) => void;
};

function Day({ name, value, set }: ChoiceProps) {
  return (
    <label>
      <span className="soft">{name}</span>
      <input type="date" value={value} onChange={(event) => set(event.target.value)} />
    </label>
  );
}

/** One of the names that there are in all of time. */
function NameChoice({
  name,
  of,
  isAsked,
  value,
  set,
}: ChoiceProps & { readonly of: string; readonly isAsked: boolean }) {
  const path = isAsked ? "/v1/analytics/breakdown" : null;
  const { data } = useAsked<BreakdownAnswer>(path, { of, limit: 200 });
  const names = new Set((data?.data ?? []).map((one) => one.name));
  if (value !== "") names.add(value);
  return (
    <label className="choice">
      <span className="soft">{name}</span>
      <select value={value} onChange={(event) => set(event.target.value)}>
        <option value="">all</option>
        {[...names]
          .filter((one) => one !== "(none)")
          .map((one) => (
            <option key={one}>{one}</option>
          ))}
      </select>
    </label>
  );
}

/** The end of what could be counted. */
function endOf({ settled_to, heard_to }: Report): number {
  return Math.max(heard_to ?? 0, settled_to);
}

/** Not everything is counted: an import, or another taxonomy. */
function isBehind(report: Report): boolean {
  return report.counted_to < endOf(report);
}

/** While not everything is counted, the numbers say so. */
function ReachNote({ report }: { readonly report: Report }) {
  const { counted_to, period, timestamp } = report;
  return (
    <p className="soft">
      {period.since === null ? "From the beginning" : <Time at={period.since} brief />} to{" "}
      <Time at={[period.until, timestamp].toSorted()[0] ?? timestamp} brief />
      {isBehind(report) ? (
        <span className="bad">
          {" "}
          · counted so far: {countText(counted_to)} of {countText(endOf(report))} records; the
          numbers grow
        </span>
      ) : null}
    </p>
  );
}

function Findings({ findings }: { readonly findings: readonly string[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="findings-list">
      {findings.map((one) => (
        <li key={one}>
          <Finding text={one} />
        </li>
      ))}
    </ul>
  );
}

/** Of a finding, how many records lie aside. */
const ASIDES = /[\d,]+ records? could not be read/;

/** One finding; where it says what could not be read, that leads there. */
function Finding({ text }: { readonly text: string }) {
  const asides = ASIDES.exec(text);
  if (asides === null) return text;
  const [words] = asides;
  return (
    <>
      {text.slice(0, asides.index)}
      <Link href={ASIDE_PATH}>{words}</Link>
      {text.slice(asides.index + words.length)}
    </>
  );
}

function Nothing({ chosen }: { readonly chosen: Chosen }) {
  if (chosen.period !== ALL || chosen.project !== "" || chosen.speaker !== "")
    return (
      <Empty title="Nothing was said in this period">
        <p>Choose a longer one above, or everything.</p>
      </Empty>
    );
  return (
    <Empty title="Nothing to count yet">
      <p>
        Numbers appear when something is heard: <code>verbatim import ~/old-transcripts</code>, or a
        coding agent that is spoken to on this machine.
      </p>
    </Empty>
  );
}
