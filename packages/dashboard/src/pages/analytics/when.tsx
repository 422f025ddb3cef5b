/** When it was said: over time, and by the hour of the week; in the viewer's zone. */
import type { Moment, TimelineAnswer } from "@verbatim/api/contract";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useParam } from "../../asking/address.ts";
import type { Asked } from "../../asking/asked.ts";
import type { Query } from "../../asking/server.ts";
import { bucketName, Columns } from "../../parts/charts/columns.tsx";
import { cellName, HeatMap } from "../../parts/charts/heat-map.tsx";
import { OneOf, Panel } from "../../parts/charts/panel.tsx";
import {
  type Bucket,
  bucketsOf,
  type Measure,
  type Unit,
  unitFor,
  weekOf,
} from "../../parts/charts/times.ts";
import { countText } from "../../parts/figures.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import type { Ways } from "./period.ts";

const MEASURES: Readonly<Record<Measure, string>> = {
  counted: "messages",
  words: "words",
  tool_calls: "tool calls",
  tokens: "tokens in and out",
  messages: "all records",
};
/** Which messages an amount is of; tools and tokens are of any. */
const OF: Readonly<Record<Measure, Query>> = {
  counted: { counted: true },
  words: { counted: true },
  tool_calls: {},
  tokens: {},
  messages: { records: true },
};
const HOUR_MS = 3_600_000;
const HOURS_LISTED = 30;
const ZONE: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

type Props = {
  readonly asked: Asked<TimelineAnswer>;
  readonly ways: Ways;
  readonly beside: ReactNode;
};

export function When({ asked, ways, beside }: Props) {
  const [named, setMeasure] = useParam("of");
  const measure: Measure = named in MEASURES ? (named as Measure) : "counted";
  const { data, problem, again } = asked;
  if (problem !== null && data === undefined) return <Trouble problem={problem} again={again} />;
  if (data === undefined) return <Waiting what="the timeline" />;
  const hours = data.data;
  const choices = (
    <OneOf label="what is drawn" values={MEASURES} value={measure} set={setMeasure} />
  );
  return (
    <>
      <OverTime hours={hours} measure={measure} choices={choices} ways={ways} />
      <div className="panels">
        {beside}
        <InTheWeek hours={hours} measure={measure} ways={ways} />
      </div>
    </>
  );
}

type DrawnProps = {
  readonly hours: readonly Moment[];
  readonly measure: Measure;
  readonly ways: Ways;
};

function OverTime({ hours, measure, ways, choices }: DrawnProps & { readonly choices: ReactNode }) {
  const [first, last] = [hours[0]?.at, hours.at(-1)?.at];
  const length =
    first === undefined || last === undefined ? 0 : Date.parse(last) - Date.parse(first);
  const unit = unitFor(length);
  const buckets = bucketsOf(hours, measure, unit);
  const of = MEASURES[measure];
  const hrefOf = ({ since, until }: Pick<Bucket, "since" | "until">): string =>
    ways.messages({
      since: since.toISOString(),
      until: until.toISOString(),
      ...OF[measure],
    });
  return (
    <Panel
      title="Over time"
      note={`${of} by ${unit}, ${ZONE}`}
      choices={choices}
      table={() => ({
        names: ["since_utc", "until_utc", measure],
        rows: buckets.map(({ since, until, value }) => [
          since.toISOString(),
          until.toISOString(),
          value,
        ]),
      })}
    >
      {buckets.length === 0 ? (
        <p className="soft">Nothing in this period.</p>
      ) : (
        <>
          <Columns buckets={buckets} unit={unit} of={of} hrefOf={hrefOf} />
          <AsTable buckets={buckets} unit={unit} of={of} hrefOf={hrefOf} />
        </>
      )}
    </Panel>
  );
}

type TableProps = {
  readonly buckets: readonly Bucket[];
  readonly unit: Unit;
  readonly of: string;
  readonly hrefOf: (bucket: Bucket) => string;
};

function AsTable({ buckets, unit, of, hrefOf }: TableProps) {
  return (
    <details className="explained">
      <summary>As a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{unit}</th>
            <th scope="col" className="number">
              {of}
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter(({ value }) => value > 0)
            .map((bucket) => (
              <tr key={bucket.since.getTime()}>
                <th scope="row">
                  <time
                    dateTime={bucket.since.toISOString()}
                    title={`${bucket.since.toISOString()} (UTC)`}
                  >
                    {bucketName(bucket, unit)}
                  </time>
                </th>
                <td className="number">
                  <Link href={hrefOf(bucket)}>{countText(bucket.value)}</Link>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
}

function InTheWeek({ hours, measure, ways }: DrawnProps) {
  const [named, setChosen] = useParam("cell");
  const place = /^\d{1,3}$/.test(named) && Number(named) < 168 ? Number(named) : null;
  const cells = weekOf(hours, measure);
  const of = MEASURES[measure];
  const cell = place === null ? undefined : cells[place];
  return (
    <Panel
      title="In the week"
      note={`${of} by weekday and hour, ${ZONE}`}
      table={() => ({
        names: ["weekday", "hour", measure],
        rows: cells.map(({ weekday, hour, value }) => [weekday + 1, hour, value]),
      })}
    >
      <HeatMap cells={cells} of={of} chosen={place} choose={(at) => setChosen(String(at))} />
      <div className="cell-hours" aria-live="polite">
        {cell === undefined ? (
          <p className="soft">Choose an hour to see when it was.</p>
        ) : (
          <>
            <p>
              <b>{cellName(cell)}</b>{" "}
              <span className="soft">
                {countText(cell.value)} {of}
              </span>
            </p>
            <ul>
              {cell.hours
                .slice(-HOURS_LISTED)
                .toReversed()
                .map((one) => (
                  <li key={one.at}>
                    <Link
                      href={ways.messages({
                        since: one.at,
                        until: hourLater(one.at),
                        ...OF[measure],
                      })}
                    >
                      <Time at={one.at} brief />{" "}
                      <span className="soft">{countText(one[measure])}</span>
                    </Link>
                  </li>
                ))}
            </ul>
          </>
        )}
      </div>
    </Panel>
  );
}

function hourLater(at: string): string {
  return new Date(Date.parse(at) + HOUR_MS).toISOString();
}
