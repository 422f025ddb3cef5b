/**
 * What the system asks of the place where reports lie.
 *
 *   R2  A report that is listed is whole, both its files: whoever writes one may
 *       die at any moment.
 */
import type { NumbersFilter } from "../analytics/port.ts";

export type ReportFormat = "json" | "md";

/** What a kept report says of itself, beside everything a report says. */
export type Kept = {
  readonly report_id: string;
  /** The job that made it: made again, it is the same report. */
  readonly job_id: string;
  readonly asked: NumbersFilter;
};

export interface ReportShelf {
  /** Names of all reports, the newest first. */
  ids(): Promise<readonly string[]>;
  /** One file, or null when there is none. */
  read(id: string, format: ReportFormat): Promise<string | null>;
  /** Sizes in bytes, or null when there is no such report. */
  sizes(id: string): Promise<Readonly<Record<ReportFormat, number>> | null>;
  save(id: string, files: Readonly<Record<ReportFormat, string>>): Promise<void>;
  remove(id: string): Promise<void>;
}
