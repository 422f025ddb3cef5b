/** Changing something: once at a time, and what went wrong in the server's words. */
import { useState } from "react";
import { Refusal } from "../../asking/server.ts";

export type Doing = {
  readonly isBusy: boolean;
  readonly problem: Refusal | null;
  /** Does it; true when it was done. */
  readonly run: (task: () => Promise<unknown>) => Promise<boolean>;
};

export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal | null>(null);
  const run = async (task: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await task();
      return true;
    } catch (error) {
      setProblem(error instanceof Refusal ? error : new Refusal(0, "unexpected", String(error)));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, run };
}
