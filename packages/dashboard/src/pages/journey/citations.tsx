/** Every change of a session with what it rests on, and who has judged it. */
import type { CitationListing } from "@verbatim/api/contract-sessions";
import type { Citation } from "@verbatim/core/sessions";
import type { Rows } from "../../asking/pages.ts";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { type Evidence, MessageLink } from "./evidence.tsx";

type Props = {
  readonly citations: Rows<Citation, CitationListing>;
  readonly evidence: Evidence;
};

export function Citations({ citations, evidence }: Props) {
  const { rows, first, problem, again, hasMore, more, isAsking } = citations;
  return (
    <section className="panel" id="citations">
      <h2>Citations</h2>
      <p className="soft panel-note">
        Each change of this session, newest first, with the messages it rests on.
      </p>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {first === undefined && problem === null ? <Waiting what="citations" /> : null}
      {rows.length === 0 ? null : (
        <ul className="citations">
          {rows.map((one) => (
            <li key={one.citation_id} id={one.citation_id}>
              <One citation={one} evidence={evidence} />
            </li>
          ))}
        </ul>
      )}
      {hasMore ? (
        <button type="button" onClick={more} disabled={isAsking}>
          Older ones
        </button>
      ) : null}
    </section>
  );
}

function One({ citation, evidence }: { readonly citation: Citation; readonly evidence: Evidence }) {
  const { citation_id, event, type, at, confidence, status, trail, uri } = citation;
  return (
    <>
      <p>
        <a href={`#${citation_id}`} title={uri}>
          {event.replaceAll("_", " ")}
        </a>{" "}
        <span className={`verdict verdict-${status}`}>{status}</span>
      </p>
      <p className="soft session-facts">
        <span>{type.replaceAll("_", " ")}</span>
        <Time at={at} brief />
        {confidence === 1 ? null : <span>confidence {confidence}</span>}
        {citation.evidence.map((id) => (
          <MessageLink key={id} id={id} evidence={evidence} />
        ))}
      </p>
      {trail.map((step) => (
        <p key={step.event_id} className="soft">
          {step.status}
          {step.by === null ? "" : ` by ${step.by}`} <Time at={step.at} brief />
          {step.why === null ? "" : `: ${step.why}`}
          {step.counted ? "" : " (changed nothing: it was revoked before)"}
        </p>
      ))}
    </>
  );
}
