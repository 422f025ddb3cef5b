/** Sessions: everything that was recorded, by when it was last spoken in. */
import type { SessionSummary } from "@verbatim/core";
import { Link } from "wouter";
import { useCalm, useParam } from "../asking/address.ts";
import { ahead } from "../asking/ahead.ts";
import { useRows } from "../asking/pages.ts";
import { DateChoice, MoneyChoice, NameChoice, SourceChoice } from "../parts/choices.tsx";
import { manyText, moneyText } from "../parts/figures.tsx";
import { Listing } from "../parts/listing.tsx";
import { Empty } from "../parts/states.tsx";
import { momentOf, Span } from "../parts/time.tsx";
import { asksOfSession } from "./session.tsx";

const ROW_PX = 64;
const PAGE_ROWS = 100;

export function SessionsPage() {
  const [q, setQ] = useParam("q");
  const [source, setSource] = useParam("source");
  const [since, setSince] = useParam("since");
  const [until, setUntil] = useParam("until");
  const [project, setProject] = useParam("project");
  const [model, setModel] = useParam("model");
  const [agent, setAgent] = useParam("agent");
  const [failed, setFailed] = useParam("failed");
  const [cost, setCost] = useParam("min_cost");
  const query = {
    ...{ q: useCalm(q), source, failed, limit: PAGE_ROWS },
    ...{ since: momentOf(since), until: momentOf(until) },
    ...{ project: useCalm(project), model: useCalm(model), agent: useCalm(agent) },
    min_cost: useCalm(cost),
  };
  const found = useRows<SessionSummary>("/v1/sessions", query);
  return (
    <>
      <h1>Sessions</h1>
      <div className="bar">
        <label className="wide">
          <span className="unseen">Find a session</span>
          <input
            type="search"
            placeholder="title, first words, project or id"
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
        </label>
        <SourceChoice value={source} set={setSource} />
        <DateChoice name="from" value={since} set={setSince} />
        <DateChoice name="before" value={until} set={setUntil} />
        <NameChoice name="project" of="projects" value={project} set={setProject} />
        <NameChoice name="model" of="models" value={model} set={setModel} />
        <NameChoice name="agent" of="speakers" value={agent} set={setAgent} />
        <label>
          <input
            type="checkbox"
            checked={failed === "true"}
            onChange={(event) => setFailed(event.target.checked ? "true" : "")}
          />
          <span className="soft">a tool failed</span>
        </label>
        <MoneyChoice name="cost from" value={cost} set={setCost} />
      </div>
      <Listing
        found={found}
        keyOf={({ session_id }) => session_id}
        draw={(row) => <SessionRow session={row} />}
        height={ROW_PX}
        label="sessions"
        empty={
          <NoSessions
            isFiltered={[q, source, since, until, project, model, agent, failed, cost].some(
              (one) => one !== "",
            )}
          />
        }
      />
    </>
  );
}

function SessionRow({ session }: { readonly session: SessionSummary }) {
  const {
    session_id,
    title,
    project,
    source,
    messages,
    user_turns,
    models,
    first_said_at,
    last_said_at,
    cost_micro_usd,
  } = session;
  const prepare = (): void => ahead.prepare(asksOfSession(session_id));
  return (
    <Link
      href={`/sessions/${encodeURIComponent(session_id)}`}
      className="session-row"
      onPointerEnter={prepare}
      onPointerDown={prepare}
      onFocus={prepare}
    >
      <b className="session-title">{title || session_id}</b>
      <span className="soft session-facts">
        <span>{source}</span>
        {project === null ? null : <span className="where">{project}</span>}
        <span>
          {manyText(messages, "message")}, {manyText(user_turns, "turn")}
        </span>
        {models.length === 0 ? null : <span>{models.join(", ")}</span>}
        {cost_micro_usd === null || cost_micro_usd === 0 ? null : (
          <span>{moneyText(cost_micro_usd)}</span>
        )}
        <span>
          <Span from={first_said_at} to={last_said_at} />
        </span>
      </span>
    </Link>
  );
}

function NoSessions({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No session fits">
        Take a filter away, or search what was said in them on the page Search.
      </Empty>
    );
  return (
    <Empty title="No sessions yet">
      <p>
        They appear when something is heard: <code>verbatim import ~/old-transcripts</code>, or a
        coding agent that is spoken to on this machine.
      </p>
    </Empty>
  );
}
