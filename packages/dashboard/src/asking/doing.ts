/** Something a person starts with a button: that it is being done, and what came of it. */
import { useState } from "react";
import { Refusal } from "./server.ts";

export type Doing = {
  readonly isDoing: boolean;
  readonly problem: Refusal | null;
  /** What it came to, in words; null until then. */
  readonly said: string | null;
  /** Does it; `work` gives what is said when it is done. Asked for while it is done: nothing. */
  readonly run: (work: () => Promise<string | null>) => void;
};

export function useDoing(): Doing {
  const [isDoing, setDoing] = useState(false);
  const [problem, setProblem] = useState<Refusal | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const run = async (work: () => Promise<string | null>): Promise<void> => {
    setDoing(true);
    setProblem(null);
    setSaid(null);
    try {
      setSaid(await work());
    } catch (error) {
      setProblem(error instanceof Refusal ? error : new Refusal(0, "unexpected", String(error)));
    } finally {
      setDoing(false);
    }
  };
  return {
    isDoing,
    problem,
    said,
    run: (work) => {
      if (!isDoing) void run(work);
    },
  };
}
