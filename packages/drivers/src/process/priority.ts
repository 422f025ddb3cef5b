/** Letting others go first: who works for nobody that waits takes what processor time is left. */
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** Half the share of a process that somebody waits for, and all of it when nobody does. Less would leave the stores far behind on a busy machine. */
const NICE = 3;

/** Says so of this process, as far as the system can be told. */
export function giveWay(): void {
  try {
    setPriority(NICE);
    // Linux shares time between sessions first, and each of our programs is one of its own.
    writeFileSync("/proc/self/autogroup", String(NICE));
  } catch {
    // Then it has the same share as all; nothing else depends on it.
  }
}
