/** Looking at every byte of the checkpoints, once at a time; what was found is remembered while the server runs. */
import { VerbatimError } from "@verbatim/core";
import type { CheckpointsVerified } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";

export interface Survey {
  state(): CheckpointsVerified;
  /** Begins one, unless one is under way. */
  start(): void;
}

const NEVER: CheckpointsVerified = {
  state: "never",
  started_at: null,
  finished_at: null,
  done: 0,
  total: 0,
  report: null,
  problem: null,
};

/** The look of one server. */
export function openSurvey({ survey, now, log }: Pick<ApiPorts, "survey" | "now" | "log">): Survey {
  let state = NEVER;
  const run = async (): Promise<void> => {
    const told = (done: number, total: number): void => {
      state = { ...state, done, total };
    };
    try {
      const report = await survey(told);
      state = { ...state, state: "done", finished_at: now().toISOString(), report };
    } catch (error) {
      log.error("survey_failed", { why: String(error) });
      const problem =
        error instanceof VerbatimError ? error.message : "it failed; the server's log says why";
      state = { ...state, state: "failed", finished_at: now().toISOString(), problem };
    }
  };
  return {
    state: () => state,
    start: () => {
      if (state.state === "running") return;
      state = { ...NEVER, state: "running", started_at: now().toISOString() };
      void run();
    },
  };
}
