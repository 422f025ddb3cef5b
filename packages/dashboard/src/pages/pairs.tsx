/** Who talks to whom: senders and receivers of the last day, those who say most first. */
import type { BreakdownAnswer } from "@verbatim/api/contract";
import { Link } from "wouter";
import { useAsked } from "../asking/asked.ts";
import { address } from "../asking/server.ts";
import { countText } from "../parts/figures.tsx";
import { useTick } from "../parts/time.tsx";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LOOK_MS = 15_000;
const SHOWN = 12;

export function Pairs() {
  // The last day goes on with the clock, also on a page that was opened long ago.
  const now = useTick(HOUR_MS / 60);
  const since = new Date(Math.floor(now / HOUR_MS) * HOUR_MS - DAY_MS).toISOString();
  const { data } = useAsked<BreakdownAnswer>(
    "/v1/analytics/breakdown",
    { of: "pairs", since, limit: SHOWN },
    { everyMs: LOOK_MS },
  );
  if (data === undefined || data.data.length === 0) return null;
  const most = Math.max(...data.data.map(({ count }) => count));
  return (
    <section aria-labelledby="pairs">
      <h2 id="pairs">Who talks to whom</h2>
      <ol className="pairs">
        {data.data.map(({ name, to, count }) => (
          <li key={`${name} ${to}`}>
            <Link href={address("/messages", { author: name, since })}>{name}</Link>
            <span aria-hidden="true">→</span>
            <span>
              <span className="unseen">to </span>
              {to}
            </span>
            <meter min={0} max={most} value={count} aria-label={`${name} to ${to}`}>
              {count}
            </meter>
            <span className="number">{countText(count)}</span>
          </li>
        ))}
      </ol>
      <p className="soft">Of the last day.</p>
    </section>
  );
}
