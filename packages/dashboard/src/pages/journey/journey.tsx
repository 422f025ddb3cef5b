/** What became of one chat session: what was felt when, what was reached, and what it rests on. */
import type {
  CitationListing,
  HistoryAnswer,
  JourneyAnswer,
  SessionView,
} from "@verbatim/api/contract-sessions";
import type { Citation, SaidMessage } from "@verbatim/core/sessions";
import { useEffect, useMemo } from "react";
import { Link } from "wouter";
import { useNamed, useParam } from "../../asking/address.ts";
import { useAsked } from "../../asking/asked.ts";
import { useRows } from "../../asking/pages.ts";
import { Feelings } from "../../parts/charts/feelings.tsx";
import { Panel } from "../../parts/charts/panel.tsx";
import { briefText } from "../../parts/charts/scale.ts";
import { countText, Figure, Figures } from "../../parts/figures.tsx";
import { Empty, Trouble, Waiting } from "../../parts/states.tsx";
import { ageText, Time } from "../../parts/time.tsx";
import { Citations } from "./citations.tsx";
import { Context } from "./context.tsx";
import { type Evidence, MessageLink } from "./evidence.tsx";
import { PhaseList } from "./phase-list.tsx";
import { phasesOf, type Span } from "./phases.ts";

const LOOK_MS = 10_000;
const PAGE_ROWS = 200;
/** Messages that are looked through for what a citation rests on. */
const READ_MAX = 10_000;

export function JourneyPage() {
  const id = useNamed("session");
  const [user, setUser] = useParam("user");
  const cited = useAsked<CitationListing>(user === "" ? "/v1/citations" : null, {
    session: id,
    type: "session_event",
    limit: PAGE_ROWS,
  });
  const users = [...new Set((cited.data?.data ?? []).map(({ user_id }) => user_id))];
  const whose = user === "" ? (users.length === 1 ? users[0] : undefined) : user;
  if (whose !== undefined) return <Journey session={id} user={whose} />;
  return (
    <>
      <h1>Journey</h1>
      {cited.problem === null ? null : <Trouble problem={cited.problem} again={cited.again} />}
      {cited.data === undefined ? (
        cited.problem === null ? (
          <Waiting what="the journey" />
        ) : null
      ) : users.length === 0 ? (
        <Empty title="No chat session has this name">
          <p>
            <Link href="/journey">All chat sessions</Link>, or{" "}
            <Link href={`/sessions/${encodeURIComponent(id)}`}>what was recorded under it</Link>.
          </p>
        </Empty>
      ) : (
        <fieldset className="one-of">
          <legend>Several users have a session of this name. Whose?</legend>
          {users.map((one) => (
            <button key={one} type="button" onClick={() => setUser(one)}>
              {one}
            </button>
          ))}
        </fieldset>
      )}
    </>
  );
}

function Journey({ session, user }: { readonly session: string; readonly user: string }) {
  const path = `/v1/users/${encodeURIComponent(user)}/sessions/${encodeURIComponent(session)}`;
  const journey = useAsked<JourneyAnswer>(`${path}/journey`, {}, { everyMs: LOOK_MS });
  const view = useAsked<SessionView>(path, {}, { everyMs: LOOK_MS });
  const citations = useRows<Citation, CitationListing>("/v1/citations", {
    ...{ session, user, limit: PAGE_ROWS },
  });
  const evidence = useEvidence(path, session);
  const problem = journey.problem ?? view.problem;
  if (journey.data === undefined || view.data === undefined)
    return problem === null ? (
      <Waiting what="the journey" />
    ) : (
      <Trouble problem={problem} again={journey.again} />
    );
  const span = spanOf(view.data, journey.data);
  return (
    <>
      <h1>{user}</h1>
      <p className="soft session-facts">
        <Link href={`/sessions/${encodeURIComponent(session)}`}>Read the session</Link>
        <span>
          <Time at={span.from} /> to <Time at={span.to} />
        </span>
        <span className="code">{session}</span>
      </p>
      {problem === null ? null : <Trouble problem={problem} />}
      {journey.data.degraded || view.data.degraded ? (
        <p className="trouble" role="status">
          A store is away or behind: this may be incomplete. What was said is safe.
        </p>
      ) : null}
      <Reached journey={journey.data} view={view.data} />
      <OverTime journey={journey.data} span={span} />
      <PhaseList phases={phasesOf(journey.data, span)} evidence={evidence} />
      <Breakthroughs journey={journey.data} evidence={evidence} />
      <Context context={view.data.context_snapshot} />
      <Citations citations={citations} evidence={evidence} />
    </>
  );
}

/** From the beginning of the session to the last that happened in it. */
function spanOf(
  { session_metadata: { started_at, last_updated } }: SessionView,
  journey: JourneyAnswer,
): Span {
  const times = [
    ...journey.emotions.map(({ at }) => at),
    ...journey.milestones.map(({ at }) => at),
    ...journey.breakthroughs.map(({ at }) => at),
    ...(started_at === null ? [] : [started_at]),
    ...(last_updated === null ? [] : [last_updated]),
  ].toSorted();
  return { from: times[0] ?? "", to: times.at(-1) ?? "" };
}

/** Where messages are by their ids: read on until all are known, so far as that is bearable. */
function useEvidence(path: string, session: string): Evidence {
  const said = useRows<SaidMessage, HistoryAnswer>(`${path}/messages`, { limit: PAGE_ROWS });
  const { rows, hasMore, more } = said;
  useEffect(() => {
    if (hasMore && rows.length < READ_MAX) more();
  });
  return useMemo(
    () => ({ session, messages: new Map(rows.map((one) => [one.message_id, one])) }),
    [session, rows],
  );
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

function Reached({
  journey,
  view,
}: {
  readonly journey: JourneyAnswer;
  readonly view: SessionView;
}) {
  const { current, intensity, since } = view.emotional_state;
  const { average_response_seconds, models, tokens } = journey;
  return (
    <>
      <Figures>
        <Figure
          name="now"
          value={since === null ? "–" : current}
          note={since === null ? "nobody said" : `strength ${intensity}`}
        />
        <Figure name="mostly" value={journey.dominant_emotion ?? "–"} />
        <Figure name="messages" value={countText(journey.message_count)} />
        <Figure name="milestones" value={countText(journey.milestone_count)} />
        <Figure name="breakthroughs" value={countText(journey.breakthrough_count)} />
        <Figure name="length" value={ageText(journey.total_duration_minutes * MINUTE_MS)} />
        <Figure
          name="to an answer"
          value={
            average_response_seconds === null ? "–" : ageText(average_response_seconds * SECOND_MS)
          }
        />
        <Figure name="tokens" value={briefText(tokens)} />
      </Figures>
      <p className="soft session-facts">
        {models.length === 0 ? null : <span>{models.join(", then ")}</span>}
        {view.off_record ? <span>off the record now</span> : null}
        {view.forked_from === null ? null : (
          <span>
            forked from{" "}
            <Link href={`/journey/${encodeURIComponent(view.forked_from.session_id)}`}>
              {view.forked_from.session_id}
            </Link>
          </span>
        )}
      </p>
    </>
  );
}

function OverTime({ journey, span }: { readonly journey: JourneyAnswer; readonly span: Span }) {
  const feelings = journey.emotions.map((one) => ({ ...one, id: one.citation_id }));
  const reached = [
    ...journey.milestones.map(({ citation_id: id, at, description: text }) => ({
      ...({ id, at, text, kind: "milestone" } as const),
    })),
    ...journey.breakthroughs.map(({ citation_id: id, at, insight: text }) => ({
      ...({ id, at, text, kind: "breakthrough" } as const),
    })),
  ];
  return (
    <Panel
      title="Emotion over time"
      note="Height is strength, a larger dot more confidence. ⚑ milestone, ★ breakthrough."
      table={() => ({
        names: ["at_utc", "from", "emotion", "intensity", "confidence", "citation_id"],
        rows: journey.emotions.map((one) => [
          ...[one.at, one.from, one.emotion],
          ...[one.intensity, one.confidence, one.citation_id],
        ]),
      })}
    >
      {journey.emotions.length === 0 && reached.length === 0 ? (
        <p className="soft">Nobody said how they felt in this session.</p>
      ) : (
        <Feelings {...span} feelings={feelings} reached={reached} />
      )}
    </Panel>
  );
}

type BreakthroughsProps = { readonly journey: JourneyAnswer; readonly evidence: Evidence };

function Breakthroughs({ journey, evidence }: BreakthroughsProps) {
  if (journey.breakthrough_count === 0) return null;
  return (
    <section className="panel">
      <h2>Breakthroughs</h2>
      <ul className="reached-list">
        {journey.breakthroughs_by_confidence.map((one) => (
          <li key={one.citation_id}>
            <p>
              <b>{one.insight}</b>
            </p>
            <p className="soft session-facts">
              <span>{one.category.replaceAll("_", " ")}</span>
              <span>confidence {one.confidence}</span>
              <Time at={one.at} brief />
              {one.trigger_message_id === null ? null : (
                <MessageLink id={one.trigger_message_id} evidence={evidence} />
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
