/** One message on one line: who, to whom, what it begins with, and what was found in it. */
import type { EnrichedMessage } from "@verbatim/core";
import { Link } from "wouter";
import { withoutColours } from "./plain.ts";
import { Time } from "./time.tsx";

const WORDS_MAX = 280;

/** Where a message is read: its session, at the message. */
export function placeOf({
  session_id,
  seq,
  sub,
}: Pick<EnrichedMessage, "session_id" | "seq" | "sub">): string {
  return `/sessions/${encodeURIComponent(session_id)}#${seq}.${sub}`;
}

export function MessageLine({ message }: { readonly message: EnrichedMessage }) {
  const { author, receiver, said_at, heard_at, source, text, enrichment } = message;
  return (
    <Link href={placeOf(message)} className="line">
      <span className="line-who">
        <b className={`role role-${author.role}`}>{author.name}</b>
        {receiver === undefined || receiver === null ? null : (
          <span className="soft"> to {receiver}</span>
        )}
      </span>
      <span className="line-what">
        {text === "" ? <i className="soft">no text</i> : withoutColours(text.slice(0, WORDS_MAX))}
      </span>
      <span className="line-facts soft">
        <span>{source}</span>
        {enrichment.chain_type === "unclassified" ? null : <span>{enrichment.chain_type}</span>}
        {enrichment.ace_tier === "unclassified" ? null : (
          <span className="tier">{enrichment.ace_tier}</span>
        )}
        <Time at={said_at ?? heard_at} brief />
      </span>
    </Link>
  );
}
