/** Retention: what the policy says, what it is time for now, and doing it. */
import type { RetentionAccepted } from "@verbatim/api/contract";
import type { Retained } from "@verbatim/core/keeping";
import { useState } from "react";
import { useAsked } from "../asking/asked.ts";
import { useDoing } from "../asking/doing.ts";
import { send } from "../asking/server.ts";
import { bytesText, countText, manyText } from "../parts/figures.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Trouble, Waiting } from "../parts/states.tsx";

/** Steps shown before somebody wants all of them. */
const STEPS = 10;

export function Retaining() {
  const { data, problem, again } = useAsked<Retained>("/v1/retention", {}, { everyMs: 30_000 });
  return (
    <section aria-labelledby="retention">
      <h2 id="retention">Retention</h2>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="the plan" />
        ) : null
      ) : (
        <Plan plan={data} again={again} />
      )}
    </section>
  );
}

function Plan({ plan, again }: { readonly plan: Retained; readonly again: () => void }) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? plan.steps : plan.steps.slice(0, STEPS);
  return (
    <>
      <p className="soft">{policyWords(plan)}</p>
      {plan.steps.length === 0 ? (
        <p>Nothing is due. It is looked at daily by itself.</p>
      ) : (
        <>
          <p>
            Due now, and not done yet: {manyText(plan.steps.length, "file")},{" "}
            {bytesText(plan.bytes)}.
          </p>
          <Scroll label="what is due">
            <table>
              <thead>
                <tr>
                  <th>do</th>
                  <th>file</th>
                  <th className="number">size</th>
                  <th className="number">age</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((step) => (
                  <tr key={`${step.place} ${step.file}`}>
                    <td>{step.do}</td>
                    <td className="code">{step.file}</td>
                    <td className="number">{bytesText(step.bytes)}</td>
                    <td className="number">{countText(step.age_days)} d</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {plan.steps.length > shown.length ? (
            <button type="button" onClick={() => setAll(true)}>
              Show the other {manyText(plan.steps.length - shown.length, "file")}
            </button>
          ) : null}
          <DoIt again={again} />
        </>
      )}
    </>
  );
}

/** Asks once more: what is removed does not come back. */
function DoIt({ again }: { readonly again: () => void }) {
  const [isMeant, setMeant] = useState(false);
  const { isDoing, problem, said, run } = useDoing();
  const start = async (): Promise<string> => {
    const { id } = await send<RetentionAccepted>("POST", "/v1/retention");
    setMeant(false);
    again();
    return `Asked for: job ${id}, on the page Jobs.`;
  };
  return (
    <p className="bar">
      {isMeant ? (
        <>
          <span>Do all of the above?</span>
          <button type="button" className="main" disabled={isDoing} onClick={() => run(start)}>
            Yes, now
          </button>
          <button type="button" onClick={() => setMeant(false)}>
            No
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setMeant(true)}>
          Do it now …
        </button>
      )}
      <span role="status" className="soft">
        {said}
      </span>
      {problem === null ? null : <Trouble problem={problem} />}
    </p>
  );
}

function policyWords({ policy }: Retained): string {
  const after = (what: string, days: number | null): string =>
    days === null
      ? `${what}: never`
      : `${what}: after ${days === 1 ? "a day" : `${countText(days)} days`}`;
  return [
    after("segments are compressed", policy.compress_segments_after_days),
    after("checkpoints are compressed", policy.compress_checkpoints_after_days),
    after("reports are removed", policy.remove_reports_after_days),
    after("exports are removed", policy.remove_exports_after_days),
    after("bytes that checkpoints hold leave the journal", policy.drop_journal_after_days),
    Object.keys(policy.sources).length === 0
      ? "what was recorded goes: never"
      : `what was recorded goes, by rules for: ${Object.keys(policy.sources).join(", ")}`,
  ].join("; ");
}
