/** What something rests on: a message, shown by its first words and led to. */
import type { SaidMessage } from "@verbatim/core/sessions";
import { Link } from "wouter";

export type Evidence = {
  readonly session: string;
  /** By message id, as far as they were read. */
  readonly messages: ReadonlyMap<string, SaidMessage>;
};

const WORDS_MAX = 90;

export function MessageLink({
  id,
  evidence,
}: {
  readonly id: string;
  readonly evidence: Evidence;
}) {
  const found = evidence.messages.get(id);
  if (found === undefined)
    return (
      <span
        className="evidence soft"
        title="not among the messages of this session that can be read"
      >
        message {id}
      </span>
    );
  const { content, role, seq } = found;
  const words = content.length > WORDS_MAX ? `${content.slice(0, WORDS_MAX)}…` : content;
  return (
    <Link href={`/sessions/${encodeURIComponent(evidence.session)}#${seq}.0`} className="evidence">
      {role}: “{words}”
    </Link>
  );
}
