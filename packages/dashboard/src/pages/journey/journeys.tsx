/** Journeys: the chat sessions there are, each leading to what became of it. */
import type { SessionSummary } from "@verbatim/core";
import { Link } from "wouter";
import { useCalm, useParam } from "../../asking/address.ts";
import { useRows } from "../../asking/pages.ts";
import { manyText } from "../../parts/figures.tsx";
import { Listing } from "../../parts/listing.tsx";
import { Empty } from "../../parts/states.tsx";
import { Span } from "../../parts/time.tsx";

const ROW_PX = 64;
const PAGE_ROWS = 100;
/** Where chat servers keep their sessions. */
const SOURCE = "session";

export function JourneysPage() {
  const [q, setQ] = useParam("q");
  const found = useRows<SessionSummary>("/v1/sessions", {
    source: SOURCE,
    q: useCalm(q),
    limit: PAGE_ROWS,
  });
  return (
    <>
      <h1>Journey</h1>
      <div className="bar">
        <label className="wide">
          <span className="unseen">Find a chat session</span>
          <input
            type="search"
            placeholder="first words or id of a chat session"
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
        </label>
      </div>
      <Listing
        found={found}
        keyOf={({ session_id }) => session_id}
        draw={(row) => <Row session={row} />}
        height={ROW_PX}
        label="chat sessions"
        empty={<Nobody isFiltered={q !== ""} />}
      />
    </>
  );
}

function Row({ session }: { readonly session: SessionSummary }) {
  const { session_id, title, messages, conversation_id, first_said_at, last_said_at } = session;
  return (
    <Link href={`/journey/${encodeURIComponent(session_id)}`} className="session-row">
      <b className="session-title">{title || session_id}</b>
      <span className="soft session-facts">
        {conversation_id === null ? null : <span>{conversation_id}</span>}
        <span>{manyText(messages, "message")}</span>
        <span>
          <Span from={first_said_at} to={last_said_at} />
        </span>
      </span>
    </Link>
  );
}

function Nobody({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No chat session fits">
        <p>
          Journeys are of sessions a chat server keeps here; all others are on the page Sessions.
        </p>
      </Empty>
    );
  return (
    <Empty title="No chat sessions yet">
      <p>
        A chat server says what was said, felt and reached: <code>POST /v1/users/ada/sessions</code>
        , then <code>…/messages</code>, <code>…/emotion</code>, <code>…/milestones</code>. From then
        on the journey is drawn here. <a href="/docs">The API</a>
      </p>
    </Empty>
  );
}
