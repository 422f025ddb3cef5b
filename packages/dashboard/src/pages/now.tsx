/** Now: what is being said this moment, and whether all of it is kept. */
import type { StatusAnswer } from "@verbatim/api/contract";
import type { EnrichedMessage, SourceStatus } from "@verbatim/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAsked } from "../asking/asked.ts";
import { byMinute, type Feed, useLive } from "../asking/live.ts";
import { Bars } from "../parts/bars.tsx";
import { SourceChoice } from "../parts/choices.tsx";
import { bytesText, countText, Figure, Figures } from "../parts/figures.tsx";
import { MessageLine } from "../parts/message-line.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Empty, Trouble, Waiting } from "../parts/states.tsx";
import { ageText, useTick } from "../parts/time.tsx";
import { Alarms } from "./alarms.tsx";
import { ASIDE_PATH } from "./aside.tsx";
import { Pairs } from "./pairs.tsx";

const STATUS_MS = 2000;
/** What was said before the page was opened: a glance, not a history. */
const BEFORE_MAX = 8;

export function NowPage() {
  const { data, problem, again } = useAsked<StatusAnswer>("/v1/status", {}, { everyMs: STATUS_MS });
  if (problem !== null && data === undefined) return <Trouble problem={problem} again={again} />;
  if (data === undefined) return <Waiting what="what is going on" />;
  return (
    <>
      <h1>Now</h1>
      <Sum status={data} />
      <Alarms status={data} />
      <LiveFeed heard={data.heard} />
      <Sources sources={data.ingest?.sources ?? []} />
      <Pairs />
    </>
  );
}

function Sum({ status }: { readonly status: StatusAnswer }) {
  const { heard, stored, aside, behind } = status;
  return (
    <Figures>
      <Figure name="heard" value={countText(heard)} note="= stored + aside + behind" />
      <Figure name="stored" value={countText(stored)} />
      <Figure name="set aside" value={<Link href={ASIDE_PATH}>{countText(aside)}</Link>} />
      <Figure name="behind" value={countText(behind)} />
      <Figure name="messages" value={countText(status.said)} />
      <Figure name="sessions" value={countText(status.sessions)} />
      <Figure
        name="disk free"
        value={status.ingest === null ? "?" : bytesText(status.ingest.disk_free_bytes)}
      />
    </Figures>
  );
}

function LiveFeed({ heard }: { readonly heard: number | null }) {
  const [source, setSource] = useState("");
  const [words, setWords] = useState("");
  const feed = useLive(source === "" ? {} : { source });
  const shown = feed.shown.filter((message) => passes(message, words));
  return (
    <section aria-labelledby="live">
      <div className="bar">
        <h2 id="live">Live</h2>
        <SourceChoice value={source} set={setSource} />
        <label className="only-with">
          <span className="soft">only with</span>
          <input
            type="search"
            placeholder="agent, project, tier, word"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <Rate feed={feed} />
        <button
          type="button"
          aria-pressed={feed.isPaused}
          onClick={() => feed.pause(!feed.isPaused)}
        >
          {feed.isPaused ? `Go on (${feed.held} new)` : "Pause"}
        </button>
      </div>
      {feed.broken === null ? null : (
        <p className="trouble" role="status">
          {feed.broken}
        </p>
      )}
      {feed.missed === 0 ? null : (
        <p className="soft">
          {feed.missed} were said while nobody followed; they are in their sessions.
        </p>
      )}
      {shown.length > 0 ? (
        <Lines messages={shown} />
      ) : (
        <Quiet
          heard={heard}
          isFiltered={feed.shown.length > 0}
          source={source}
          isOn={feed.broken === null}
        />
      )}
    </section>
  );
}

function Lines({ messages }: { readonly messages: readonly EnrichedMessage[] }) {
  return (
    <ol className="lines" aria-live="off">
      {messages.map((message) => (
        <li key={`${message.seq}.${message.sub}`}>
          <MessageLine message={message} />
        </li>
      ))}
    </ol>
  );
}

function Quiet({
  heard,
  isFiltered,
  source,
  isOn,
}: {
  readonly heard: number | null;
  readonly isFiltered: boolean;
  readonly source: string;
  /** The feed is there. */
  readonly isOn: boolean;
}) {
  if (isFiltered) return <p className="soft">Nothing of what came fits the filter.</p>;
  if (heard !== 0) return <Before source={source} isOn={isOn} />;
  return (
    <Empty title="Nothing has been heard yet">
      <p>
        Talk to a coding agent on this machine, or hand over what there is:{" "}
        <code>verbatim import ~/old-transcripts</code>
      </p>
    </Empty>
  );
}

/** What was said last, until something new comes. */
function Before({ source, isOn }: { readonly source: string; readonly isOn: boolean }) {
  const { data } = useAsked<{ readonly data: readonly EnrichedMessage[] }>("/v1/messages", {
    ...{ order: "desc", limit: BEFORE_MAX, source },
  });
  const known = data?.data ?? [];
  const quiet = isOn ? "Quiet. What is said from now on appears here." : "Nothing comes now.";
  if (known.length === 0) return <p className="soft">{quiet}</p>;
  return (
    <>
      <p className="soft">{quiet} Until then, what was said last:</p>
      <ol className="lines">
        {known.map((message) => (
          <li key={`${message.seq}.${message.sub}`}>
            <MessageLine message={message} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** Whether every word is somewhere in what is known of a message. */
export function passes(message: EnrichedMessage, words: string): boolean {
  const { author, receiver, source, text, meta, enrichment } = message;
  const known = [
    author.name,
    receiver,
    source,
    text,
    meta["cwd"],
    enrichment.chain_type,
    `tier:${enrichment.ace_tier}`,
    ...enrichment.shl_tags,
  ]
    .join(" ")
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.includes(word));
}

function Rate({ feed }: { readonly feed: Feed }) {
  const now = useTick(1000);
  const minutes = byMinute(feed.minutes, now);
  const lately = minutes.at(-1) ?? 0;
  return (
    <span className="soft rate">
      <Bars values={minutes} label={`${lately} came this minute; half an hour by minute`} />{" "}
      {countText(lately)} this minute
    </span>
  );
}

function Sources({ sources }: { readonly sources: readonly SourceStatus[] }) {
  const now = useTick(1000);
  if (sources.length === 0) return null;
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">Sources</h2>
      <Scroll label="sources">
        <table>
          <thead>
            <tr>
              <th>source</th>
              <th>where</th>
              <th>state</th>
              <th className="number">files</th>
              <th className="number">last record</th>
              <th className="number">behind</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((one) => (
              <tr key={`${one.source} ${one.root}`}>
                <td>{one.source}</td>
                <td className="where">{one.root}</td>
                <td className={one.problem === null ? "" : "bad"}>{one.problem ?? one.state}</td>
                <td className="number">{countText(one.files)}</td>
                <td className="number">
                  {one.last_heard_at === null
                    ? "never"
                    : `${ageText(now - Date.parse(one.last_heard_at))} ago`}
                </td>
                <td className="number">
                  {one.bytes_behind === 0 ? "" : bytesText(one.bytes_behind)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
