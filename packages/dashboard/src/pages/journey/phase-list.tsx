/** The phases of a journey in words, oldest first. */
import { ageText, Time } from "../../parts/time.tsx";
import type { Evidence } from "./evidence.tsx";
import { MessageLink } from "./evidence.tsx";
import type { Phase } from "./phases.ts";

type Props = { readonly phases: readonly Phase[]; readonly evidence: Evidence };

export function PhaseList({ phases, evidence }: Props) {
  if (phases.length === 0) return null;
  return (
    <section className="panel">
      <h2>Phases</h2>
      <ol className="phases">
        {phases.map((phase) => (
          <li
            key={`${phase.from} ${phase.emotion}`}
            className={`felt-word felt-${phase.emotion ?? "none"}`}
          >
            <PhaseItem phase={phase} evidence={evidence} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function PhaseItem({ phase, evidence }: { readonly phase: Phase; readonly evidence: Evidence }) {
  const { emotion, from, to, feelings, milestones, breakthroughs } = phase;
  const strengths = feelings.map(({ intensity }) => intensity);
  const strength =
    strengths.length === 0
      ? null
      : strengths.length === 1
        ? `${strengths[0]}`
        : `${Math.min(...strengths)} to ${Math.max(...strengths)}`;
  const ids = [...new Set(feelings.flatMap((one) => one.evidence))];
  return (
    <>
      <h3>{emotion ?? "before anybody said"}</h3>
      <p className="soft session-facts">
        <span>
          <Time at={from} brief />, {ageText(Date.parse(to) - Date.parse(from))}
        </span>
        {strength === null ? null : <span>strength {strength}</span>}
      </p>
      <ul>
        {milestones.map(({ citation_id, description, at, message_count }) => (
          <li key={citation_id}>
            ⚑ {description}{" "}
            <small>
              <Time at={at} brief />, after {message_count} messages
            </small>
          </li>
        ))}
        {breakthroughs.map(({ citation_id, insight, at }) => (
          <li key={citation_id}>
            ★ {insight}{" "}
            <small>
              <Time at={at} brief />
            </small>
          </li>
        ))}
        {ids.map((id) => (
          <li key={id}>
            <MessageLink id={id} evidence={evidence} />
          </li>
        ))}
      </ul>
    </>
  );
}
