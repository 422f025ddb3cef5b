/** Search: across everything that was said. What is asked stands in the address. */
import type { Found, SearchListing } from "@verbatim/api/contract";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useCalm, useParam } from "../asking/address.ts";
import { type Rows, useRows } from "../asking/pages.ts";
import { Choice, DateChoice, SourceChoice } from "../parts/choices.tsx";
import { countText } from "../parts/figures.tsx";
import { LongList } from "../parts/long-list.tsx";
import { placeOf } from "../parts/message-line.tsx";
import { withoutColours } from "../parts/plain.ts";
import { Empty, Trouble, Waiting } from "../parts/states.tsx";
import { momentOf, Time } from "../parts/time.tsx";
import { Facets } from "./search-facets.tsx";

const HIT_PX = 96;
const PAGE_ROWS = 50;
const ROLES = ["user", "assistant", "system", "tool", "agent"] as const;
const TIERS = ["A", "C", "E"] as const;

export function SearchPage() {
  const [q, setQ] = useParam("q");
  const [source, setSource] = useParam("source");
  const [role, setRole] = useParam("role");
  const [tier, setTier] = useParam("tier");
  const [author, setAuthor] = useParam("author");
  const [since, setSince] = useParam("since");
  const [until, setUntil] = useParam("until");
  const calm = useCalm(q.trim());
  const query = {
    q: calm,
    source,
    role,
    ace_tier: tier,
    author: useCalm(author),
    since: momentOf(since),
    until: momentOf(until),
    limit: PAGE_ROWS,
  };
  const found = useRows<Found, SearchListing>(calm === "" ? null : "/v1/search", query);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    const onKey = (event: KeyboardEvent): void => moveAmongHits(event, field.current);
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const set = { source: setSource, role: setRole, tier: setTier, author: setAuthor };
  return (
    <>
      <h1>Search</h1>
      <div className="bar">
        <label className="wide">
          <span className="unseen">Words to find</span>
          <input
            ref={field}
            type="search"
            placeholder={'words, "a phrase", -without, begin*'}
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
        </label>
        <SourceChoice value={source} set={setSource} />
        <Choice name="by" values={ROLES} value={role} set={setRole} />
        <Choice name="tier" values={TIERS} value={tier} set={setTier} />
        <label>
          <span className="soft">author</span>
          <input value={author} size={10} onChange={(event) => setAuthor(event.target.value)} />
        </label>
        <DateChoice name="from" value={since} set={setSince} />
        <DateChoice name="before" value={until} set={setUntil} />
      </div>
      {calm === "" ? (
        <Teaching />
      ) : (
        <>
          <Facets
            found={found.rows}
            hasMore={found.hasMore}
            set={set}
            asked={{ source, role, tier, author }}
          />
          <Results found={found} />
        </>
      )}
    </>
  );
}

/** Down from the field into what was found, up and down in it, and back to the field. Enter is the link's own. */
function moveAmongHits(event: KeyboardEvent, field: HTMLInputElement | null): void {
  const { key, target } = event;
  if (key !== "ArrowDown" && key !== "ArrowUp" && key !== "Escape") return;
  const hits = [...document.querySelectorAll<HTMLElement>(".hit")];
  const at = target instanceof HTMLElement ? hits.indexOf(target) : -1;
  if (at === -1 && (target !== field || key !== "ArrowDown")) return;
  const next = key === "ArrowDown" ? hits[at + 1] : key === "ArrowUp" ? hits[at - 1] : undefined;
  if (next === undefined && key === "ArrowDown") return;
  event.preventDefault();
  (next ?? field)?.focus();
}

function Results({ found }: { readonly found: Rows<Found, SearchListing> }) {
  const { rows, first, isAsking, problem, more, again } = found;
  if (problem !== null) return <Trouble problem={problem} again={again} />;
  if (first === undefined) return <Waiting what="what was found" />;
  if (rows.length === 0 && !isAsking)
    return (
      <Empty title="Nothing was found">
        All words must be in one message. Take one away, or a filter; begin* finds words that begin
        so.
      </Empty>
    );
  return (
    <>
      <p className="soft" role="status">
        {countText(first.count)}
        {first.count_capped ? " and more" : ""} found, last recorded first
      </p>
      <LongList
        rows={rows}
        keyOf={({ seq, sub }) => `${seq}.${sub}`}
        draw={(hit) => <Hit hit={hit} />}
        height={HIT_PX}
        label="messages found"
        more={more}
      />
    </>
  );
}

function Teaching() {
  return (
    <Empty title="Find what was said">
      <ul>
        <li>
          <code>torn tail</code> both words, anywhere in a message
        </li>
        <li>
          <code>"group commit"</code> these words beside each other
        </li>
        <li>
          <code>redis -lua</code> without a word; <code>fsync*</code> what begins so
        </li>
        <li>
          <kbd>/</kbd> comes here from anywhere, <kbd>↓</kbd> goes into what was found,{" "}
          <kbd>Enter</kbd> opens it
        </li>
      </ul>
    </Empty>
  );
}

function Hit({ hit }: { readonly hit: Found }) {
  const { author, source, said_at, snippet } = hit;
  return (
    <Link href={placeOf(hit)} className="hit">
      <span className="hit-head">
        <b className={`role-${author.role}`}>{author.name}</b>
        <span className="soft">{source}</span>
        <span className="soft">
          <Time at={said_at} brief />
        </span>
      </span>
      <span className="hit-text">
        {piecesOf(snippet.text, snippet.marks).map(({ from, piece, isMarked }) =>
          isMarked ? (
            <mark key={from}>{piece}</mark>
          ) : (
            <span key={from}>{withoutColours(piece)}</span>
          ),
        )}
      </span>
    </Link>
  );
}

type Piece = { readonly from: number; readonly piece: string; readonly isMarked: boolean };

/** A text cut where marks begin and end. */
export function piecesOf(
  text: string,
  marks: readonly (readonly [number, number])[],
): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (from > at) pieces.push({ from: at, piece: text.slice(at, from), isMarked: false });
    if (to > from) pieces.push({ from, piece: text.slice(from, to), isMarked: true });
    at = Math.max(at, to);
  }
  if (at < text.length) pieces.push({ from: at, piece: text.slice(at), isMarked: false });
  return pieces;
}
