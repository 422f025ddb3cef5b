/** One session, to be read: what was said in it, from the beginning, with an outline to jump by. */
import type { UsageAnswer } from "@verbatim/api/contract";
import type { EnrichedMessage, SessionSummary } from "@verbatim/core";
import { useEffect, useMemo, useState } from "react";
import { useNamed } from "../asking/address.ts";
import { useAsked } from "../asking/asked.ts";
import { firstPageOf, useRows } from "../asking/pages.ts";
import { AgentView } from "../parts/agent.tsx";
import {
  type Answers,
  anchorOf,
  answersIn,
  arranged,
  forksIn,
  type Item,
  leadsTo,
  startsTurn,
  turnsIn,
  withStrayAnswers,
} from "../parts/arranging.ts";
import { briefText, countText, Figure, Figures, manyText, moneyText } from "../parts/figures.tsx";
import { LongList } from "../parts/long-list.tsx";
import { MessageView } from "../parts/message.tsx";
import { Empty, Trouble, Waiting } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { SessionActs } from "./session-acts.tsx";
import { Outline, useWide } from "./session-outline.tsx";

const MESSAGE_PX = 160;
const PAGE_ROWS = 200;
/** Two screens: drawn while the others come. */
const FIRST_ROWS = 40;
/** Somebody may be speaking in it now. */
const LOOK_MS = 5000;
const LIVE = { firstRows: FIRST_ROWS, growsAtEnd: true, everyMs: LOOK_MS } as const;
const GONE = 404;
/** What people said, as far as an outline is of use. */
const OUTLINED = { role: "user", limit: 500 } as const;

/** What this page asks first, for who is about to open it. */
export function asksOfSession(id: string): readonly string[] {
  const path = pathOf(id);
  return [path, firstPageOf(`${path}/messages`, { limit: PAGE_ROWS }, FIRST_ROWS)];
}

function pathOf(id: string): string {
  return `/v1/sessions/${encodeURIComponent(id)}`;
}

export function SessionPage() {
  const id = useNamed("session");
  const path = pathOf(id);
  const { data, problem, again } = useAsked<SessionSummary>(path, {}, { everyMs: LOOK_MS });
  const {
    rows,
    hasMore,
    isAsking,
    problem: unread,
    more,
    again: readOn,
  } = useRows<EnrichedMessage>(`${path}/messages`, { limit: PAGE_ROWS }, LIVE);
  const named = useAim(rows, hasMore, more);
  const read = useMemo(() => withStrayAnswers(rows), [rows]);
  const aim = useMemo(() => (named === null ? null : leadsTo(read, named)), [read, named]);
  const items = useMemo(() => arranged(read), [read]);
  const isAll = !hasMore && !isAsking;
  // Who reads keeps the place while the server is away for a moment.
  if (problem !== null && (data === undefined || problem.status === GONE))
    return <Trouble problem={problem} again={again} />;
  if (data === undefined) return <Waiting what="the session" />;
  return (
    <>
      <h1>{data.title || data.session_id}</h1>
      <Facts session={data} isRead={rows.length > 0 || !isAsking} />
      <SessionActs session={data.session_id} />
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {unread === null ? null : <Trouble problem={unread} again={readOn} />}
      <NotThere named={named} rows={rows} isAll={isAll} />
      <Reading items={items} rows={rows} aim={aim} more={more} path={path} hasMore={hasMore} />
      {items.length === 0 && isAll ? (
        <Empty title="Nobody said anything in it">
          <p>Only bookkeeping of its source was recorded, or what was said is not settled yet.</p>
        </Empty>
      ) : null}
      {hasMore ? <p className="soft">more below …</p> : null}
    </>
  );
}

type NotThereProps = {
  readonly named: string | null;
  readonly rows: readonly EnrichedMessage[];
  readonly isAll: boolean;
};

/** Said where a link leads to a message that is none of this session. */
function NotThere({ named, rows, isAll }: NotThereProps) {
  if (named === null || !isAll || rows.some((row) => anchorOf(row) === named)) return null;
  return (
    <p className="soft" role="status">
      There is no message {named} in this session.
    </p>
  );
}

type FactsProps = {
  readonly session: SessionSummary;
  /** The first words are there: what its calls took is counted after them. */
  readonly isRead: boolean;
};

function Facts({ session, isRead }: FactsProps) {
  const { messages, user_turns, models, project, source, first_said_at, last_said_at, hidden } =
    session;
  const used = useAsked<UsageAnswer>(isRead ? "/v1/analytics/usage" : null, {
    by: "model",
    session: session.session_id,
  }).data;
  return (
    <>
      <Figures>
        <Figure name="messages" value={countText(messages)} />
        <Figure name="turns" value={countText(user_turns)} />
        {used === undefined || used.tokens.total === 0 ? null : (
          <Figure
            name="tokens"
            value={briefText(used.tokens.total)}
            note={`${briefText(used.tokens.output)} written, ${briefText(used.tokens.cache_read)} from cache`}
          />
        )}
        {used === undefined || used.cost.micro_usd === null || used.cost.micro_usd === 0 ? null : (
          <Figure
            name="cost"
            value={moneyText(used.cost.micro_usd)}
            note={manyText(used.cost.calls, "call")}
          />
        )}
        {hidden === 0 ? null : <Figure name="deleted" value={countText(hidden)} />}
      </Figures>
      <p className="soft session-facts">
        <span>{source}</span>
        {project === null ? null : <span className="where">{project}</span>}
        {models.length === 0 ? null : <span>{models.join(", ")}</span>}
        <span>
          <Time at={first_said_at} /> to <Time at={last_said_at} />
        </span>
        <span className="code">{session.session_id}</span>
      </p>
    </>
  );
}

type TranscriptProps = {
  readonly items: readonly Item[];
  readonly rows: readonly EnrichedMessage[];
  readonly aim: string | null;
  readonly more: () => void;
};

type ReadingProps = TranscriptProps & {
  /** The session's, for what is not read yet. */
  readonly path: string;
  readonly hasMore: boolean;
};

/** What was said, and the outline of all of it: beside it, or folded above it where there is no room. */
function Reading({ path, hasMore, ...props }: ReadingProps) {
  const isWide = useWide();
  const asked = useRows<EnrichedMessage>(hasMore ? `${path}/messages` : null, OUTLINED).rows;
  // Known here: what is folded out moves the transcript down.
  const [isOpen, setOpen] = useState(false);
  const turns = useMemo(() => {
    const read = props.rows.filter(startsTurn);
    const all = asked.filter(startsTurn);
    return all.length > read.length ? all : read;
  }, [props.rows, asked]);
  return (
    <div className="reading">
      {isWide ? null : <Outline turns={turns} isOpen={isOpen} onToggle={setOpen} />}
      <Transcript {...props} />
      {isWide ? <Outline turns={turns} /> : null}
    </div>
  );
}

function Transcript({ items, rows, aim, more }: TranscriptProps) {
  const answers: Answers = useMemo(() => answersIn(rows), [rows]);
  const turns = useMemo(() => turnsIn(rows), [rows]);
  const forks = useMemo(() => forksIn(rows), [rows]);
  const at = items.find(({ messages }) => messages.some((one) => anchorOf(one) === aim));
  return (
    <LongList
      rows={items}
      keyOf={({ key }) => key}
      draw={(item) => {
        const [message] = item.messages;
        if (item.agent !== null) return <AgentView item={item} answers={answers} aim={aim} />;
        return message === undefined ? null : (
          <MessageView
            message={message}
            answers={answers}
            isAimed={item.key === aim}
            turn={turns.get(item.key)}
            forks={forks.get(item.key)}
          />
        );
      }}
      height={MESSAGE_PX}
      label="messages"
      more={more}
      startAt={at?.key ?? null}
    />
  );
}

/** The message the address points at; pages are asked for until it is there. */
function useAim(
  rows: readonly EnrichedMessage[],
  hasMore: boolean,
  more: () => void,
): string | null {
  const [aim, setAim] = useState(aimOf);
  useEffect(() => {
    const onMove = (): void => setAim(aimOf());
    window.addEventListener("hashchange", onMove);
    return () => window.removeEventListener("hashchange", onMove);
  }, []);
  const isThere = aim === null || rows.some((row) => anchorOf(row) === aim);
  useEffect(() => {
    if (!isThere && hasMore) more();
  });
  return aim;
}

function aimOf(): string | null {
  const hash = window.location.hash.slice(1);
  return /^\d+\.\d+$/.test(hash) ? hash : null;
}
