/** What whoever accompanies a session goes on from. */
import type { SessionView } from "@verbatim/api/contract-sessions";
import { Time } from "../../parts/time.tsx";

type Snapshot = SessionView["context_snapshot"];

const FIELDS = [
  ["current_theme", "theme"],
  ["therapeutic_focus", "focus"],
  ["client_state_summary", "state"],
  ["session_notes", "notes"],
] as const satisfies readonly (readonly [keyof Snapshot, string])[];

export function Context({ context }: { readonly context: Snapshot }) {
  const { working_hypotheses, last_summarized } = context;
  const said = FIELDS.filter(([field]) => (context[field] ?? "") !== "");
  return (
    <section className="panel">
      <h2>Context</h2>
      {said.length === 0 && working_hypotheses.length === 0 ? (
        <p className="soft">None was noted in this session.</p>
      ) : (
        <dl className="context">
          {said.map(([field, name]) => (
            <div key={field}>
              <dt>{name}</dt>
              <dd>{context[field]}</dd>
            </div>
          ))}
          {working_hypotheses.length === 0 ? null : (
            <div>
              <dt>hypotheses</dt>
              <dd>
                <ul>
                  {working_hypotheses.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </dd>
            </div>
          )}
        </dl>
      )}
      {last_summarized === null ? null : (
        <p className="soft">
          summed up <Time at={last_summarized} brief />
        </p>
      )}
    </section>
  );
}
