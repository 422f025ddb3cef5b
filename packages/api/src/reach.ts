/** How far the numbers reach of what was heard: the journal's end is asked of the recorder. */
import { type Counted, type Numbers, type Reach, reachOf } from "@verbatim/core";
import type { ApiPorts } from "./ports.ts";
import { within } from "./waiting.ts";

/** The recorder answers from memory; without it the numbers are told all the same. */
const HEARD_MS = 1000;

type Asked = Pick<ApiPorts, "intake" | "numbers">;

/** The journal's last entry, or null where the recorder does not say. */
export async function heardTo({ intake }: Pick<ApiPorts, "intake">): Promise<number | null> {
  try {
    return (await within(HEARD_MS, intake.status()))?.heard ?? null;
  } catch {
    return null;
  }
}

/** An answer of one moment, and how far it reaches; heard is looked at first, so that it is never said to hold more. */
export async function reaching<Value>(
  ports: Asked,
  read: (numbers: Numbers) => Promise<Value>,
): Promise<readonly [Reach, Value]> {
  const heard = await heardTo(ports);
  const [counted, value] = await ports.numbers.together(
    async (numbers): Promise<readonly [Counted, Value]> => [
      await numbers.counted(),
      await read(numbers),
    ],
  );
  return [reachOf(counted, heard), value];
}
