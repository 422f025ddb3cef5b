/**
 * What another taxonomy would say of messages: both are asked in the same
 * context, so what differs is theirs alone. Pure.
 *
 *   A33  A preview changes nothing, and says of each message what settling would.
 */
import {
  type EnrichedMessage,
  enricherOf,
  openRecent,
  type Taxonomy,
  taxonomyId,
} from "@verbatim/core";
import type { PreviewAnswer, PreviewChange, Seen } from "../contract-settings.ts";

const CHANGES_SHOWN = 50;
const TEXT_CHARS_MAX = 240;

type Both = { readonly now: Taxonomy; readonly proposed: Taxonomy };

/** The preview over messages, which come oldest first. */
export function previewOf(
  messages: readonly EnrichedMessage[],
  { now, proposed }: Both,
  sha256: (data: Uint8Array | string) => string,
): PreviewAnswer {
  const [is, would] = [enricherOf(now), enricherOf(proposed)];
  const recent = openRecent();
  const domains = new Map<string, { before: number; after: number }>();
  const changes: PreviewChange[] = [];
  const add = (name: string, side: "before" | "after"): void => {
    const sums = domains.get(name) ?? { before: 0, after: 0 };
    sums[side] += 1;
    domains.set(name, sums);
  };
  for (const message of messages) {
    const context = recent.before(message);
    recent.remember(message.seq, [message]);
    const before = seenOf(is(message, sha256, context));
    const after = seenOf(would(message, sha256, context));
    add(before.chain_type, "before");
    add(after.chain_type, "after");
    if (JSON.stringify(before) !== JSON.stringify(after))
      changes.push(changeOf(message, before, after));
  }
  return {
    id: taxonomyId(proposed, sha256),
    looked_at: messages.length,
    changed: changes.length,
    domains: [...domains]
      .map(([name, sums]) => ({ name, ...sums }))
      .toSorted((a, b) => b.after - a.after || b.before - a.before),
    changes: changes.toReversed().slice(0, CHANGES_SHOWN),
  };
}

function seenOf({ chain_type, ace_tier, shl_tags }: Seen): Seen {
  return { chain_type, ace_tier, shl_tags };
}

function changeOf(
  { seq, sub, session_id, author, said_at, text }: EnrichedMessage,
  before: Seen,
  after: Seen,
): PreviewChange {
  const said = { session_id, author: author.name, said_at, text: text.slice(0, TEXT_CHARS_MAX) };
  return { seq, sub, ...said, before, after };
}
