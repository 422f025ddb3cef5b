/**
 * Names of reports: analytics_report_YYYYMMDD_HHMMSS by UTC, and _2, _3, … for
 * those of the same second. They sort by their time.
 *
 *   R1  What is not such a name names no file: nothing else can be asked for.
 */

const NAME = /^analytics_report_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)(?:_([1-9]\d{0,5}))?$/;

/** The name of the `nth` report of that second. */
export function reportIdOf(madeAt: string, nth = 1): string {
  const [day = "", time = ""] = madeAt.slice(0, 19).split("T");
  const stamp = `${day.replaceAll("-", "")}_${time.replaceAll(":", "")}`;
  return `analytics_report_${stamp}${nth === 1 ? "" : `_${nth}`}`;
}

/** Whether a text is the name of a report. */
export function isReportId(text: string): boolean {
  return NAME.test(text);
}

/** Sorts names, the newest first; of one second, the later ones first. */
export function newestReportFirst(a: string, b: string): number {
  const [stampA, nthA] = keyOf(a);
  const [stampB, nthB] = keyOf(b);
  if (stampA !== stampB) return stampA < stampB ? 1 : -1;
  return nthB - nthA;
}

function keyOf(id: string): readonly [string, number] {
  const found = NAME.exec(id);
  return [found?.slice(1, 7).join("") ?? "", Number(found?.[7] ?? 1)];
}
