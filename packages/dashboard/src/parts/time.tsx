/** Times in the viewer's zone, with UTC on hover, and ages that go on. */
import { useEffect, useState } from "react";

const SECOND = 1000;
const MINUTE: number = 60 * SECOND;
const HOUR: number = 60 * MINUTE;
const DAY: number = 24 * HOUR;

const full: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const ofDay: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const short: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: "short",
  timeStyle: "short",
});

/** A moment. */
export function Time({
  at,
  brief = false,
}: {
  readonly at: string | null;
  readonly brief?: boolean;
}) {
  const date = at === null ? null : new Date(at);
  if (date === null || Number.isNaN(date.getTime())) return <span className="soft">no time</span>;
  return (
    <time dateTime={date.toISOString()} title={`${date.toISOString()} (UTC)`}>
      {(brief ? short : full).format(date)}
    </time>
  );
}

/** From when to when, the day once where it is one, and one moment where it is no longer. */
export function Span({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  if (from === null || to === null) return <Time at={to ?? from} brief />;
  const end = endText(new Date(from), new Date(to));
  return (
    <>
      <Time at={from} brief />
      {end === "" ? null : (
        <>
          {" to "}
          <time dateTime={to} title={`${to} (UTC)`}>
            {end}
          </time>
        </>
      )}
    </>
  );
}

/** The end of a span as it is said behind its beginning: nothing, a time of the same day, or all of it. */
export function endText(from: Date, to: Date): string {
  const end = short.format(to);
  if (end === short.format(from)) return "";
  return from.toDateString() === to.toDateString() ? ofDay.format(to) : end;
}

const DAY_TEXT = /^(\d{4})-(\d\d)-(\d\d)$/;

/** The moment at which a day begins where the viewer is; what is no day stays as it is. A server knows no calendar but UTC's. */
export function momentOf(value: string): string {
  const [, year = "", month = "", day = ""] = DAY_TEXT.exec(value) ?? [];
  if (year === "") return value;
  return new Date(Number(year), Number(month) - 1, Number(day)).toISOString();
}

/** The viewer's day that a moment is in. */
export function dayOf(value: string): string {
  const at = new Date(value);
  if (value === "" || DAY_TEXT.test(value) || Number.isNaN(at.getTime())) return value;
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** How long ago, as a word or two: "12 s", "3 min", "5 h", "2 d". */
export function ageText(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY)} d`;
}

/** Draws again every so often, so that ages go on. */
export function useTick(ms: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
