/**
 * Which files it is time for, by a policy. Pure: files and a clock in, steps out.
 *
 *   V30  A segment is dropped when the policy names the days and it is that old;
 *        one that is not, or of which nothing more can go, is left alone.
 */
import { msOf } from "../message/time.ts";
import type { RetentionPolicy } from "./policy.ts";

/** Where a file that may be made small or removed lies. */
export type KeptPlace = "journal" | "checkpoints" | "reports" | "exports";

/** A file, or a folder of exports, as it lies there. */
export type KeptFile = {
  readonly place: KeptPlace;
  /** Its name in that place. */
  readonly file: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** When it became what it is: sealed, made. */
  readonly written_at: string;
  /** Whether it can be made small and is not yet. */
  readonly compressible: boolean;
  /** Whether its bytes may be dropped, if that is proved to lose nothing. */
  readonly droppable: boolean;
};

/** Something that it is time for. */
export type RetentionStep = {
  readonly do: "compress" | "drop" | "remove" | "forget" | "copy";
  readonly place: KeptPlace;
  readonly file: string;
  readonly bytes: number;
  readonly age_days: number;
};

const DAY_MS = 86_400_000;

/** What is to be done now, the oldest first. */
export function planRetention(
  policy: RetentionPolicy,
  files: readonly KeptFile[],
  nowMs: number,
): readonly RetentionStep[] {
  return files
    .flatMap((one) => {
      const { place, file, bytes } = one;
      const age = (nowMs - msOf(one.written_at)) / DAY_MS;
      const what = dueNow(policy, one, age);
      if (what === null) return [];
      return [{ do: what, place, file, bytes, age_days: Math.floor(Math.max(0, age)) }];
    })
    .toSorted((a, b) => b.age_days - a.age_days || (a.file < b.file ? -1 : 1));
}

type Days = Exclude<keyof RetentionPolicy, "sources" | "sessions_hot_days" | "copy_to">;
type Rule = { readonly do: "compress" | "drop" | "remove"; readonly after: Days };

/** For each place, what takes more first: what is dropped is not compressed before. */
const RULES: Readonly<Record<KeptPlace, readonly Rule[]>> = {
  journal: [
    { do: "drop", after: "drop_journal_after_days" },
    { do: "compress", after: "compress_segments_after_days" },
  ],
  checkpoints: [{ do: "compress", after: "compress_checkpoints_after_days" }],
  reports: [{ do: "remove", after: "remove_reports_after_days" }],
  exports: [{ do: "remove", after: "remove_exports_after_days" }],
};

/** What it is time for; null for nothing. */
function dueNow(policy: RetentionPolicy, file: KeptFile, age: number): Rule["do"] | null {
  const due = RULES[file.place].find((rule) => {
    const after = policy[rule.after];
    return after !== null && age >= after && isOpenTo(file, rule.do);
  });
  return due?.do ?? null;
}

function isOpenTo({ compressible, droppable }: KeptFile, what: Rule["do"]): boolean {
  return what === "remove" || (what === "drop" ? droppable : compressible);
}
