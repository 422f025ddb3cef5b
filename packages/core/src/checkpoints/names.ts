/**
 * Names of checkpoints: `20261121_134217_before-migration`, by UTC, and -2, -3,
 * … for those of the same second. The name is also that of its files.
 *
 *   C21  What is not such a name names no file, and no label, whatever is typed,
 *        becomes anything but such a name.
 */

/** Long enough to say what it was for, short enough for any file system with stamp and ending. */
const SLUG_CHARS_MAX = 48;
const LABEL_CHARS_MAX = 200;
const NAME = /^\d{8}_\d{6}_[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** What would end a line, be obeyed by a terminal or turn the direction of writing. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Accents, once they are letters of their own. */
const MARKS = /\p{M}/gu;
const UNLABELLED = "unnamed";

/** Whether a text is the name of a checkpoint. */
export function isCheckpointId(text: string): boolean {
  return NAME.test(text);
}

/** A label as it is kept and shown: one line, no longer than anybody reads. */
export function labelOf(typed: string): string {
  const line = typed.toWellFormed().replaceAll(UNSHOWN, " ").replaceAll(/\s+/g, " ").trim();
  return [...line].slice(0, LABEL_CHARS_MAX).join("");
}

/** The name of the first checkpoint of that second and label that `taken` says no to. */
export function checkpointIdOf(
  madeAt: string,
  label: string,
  taken: (id: string) => boolean,
): string {
  const [day = "", time = ""] = madeAt.slice(0, 19).split("T");
  const stem = `${day.replaceAll("-", "")}_${time.replaceAll(":", "")}_${slugOf(label)}`;
  let id = stem;
  for (let nth = 2; taken(id); nth += 1) id = `${stem}-${nth}`;
  return id;
}

/** Letters and digits that every file system, shell and archive takes, whatever the label was. */
function slugOf(label: string): string {
  const plain = label
    .slice(0, LABEL_CHARS_MAX)
    .toWellFormed()
    .normalize("NFKD")
    .replaceAll(MARKS, "")
    .toLowerCase();
  const words = plain.replaceAll(/[^a-z0-9]+/g, "-").slice(0, SLUG_CHARS_MAX);
  return words.replaceAll(/^-+|-+$/g, "") || UNLABELLED;
}
