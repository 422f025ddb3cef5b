/** What was found in a message, with the words that decided it; and its record as it was heard. */
import type { EnrichedMessage } from "@verbatim/core";
import { useState } from "react";
import { RawRecord } from "./record.tsx";

/** On a click. Nothing of it is drawn before. */
export function Findings({ message }: { readonly message: EnrichedMessage }) {
  const [isOpen, setOpen] = useState(false);
  const { chain_type, ace_tier, shl_tags } = message.enrichment;
  const found = [
    chain_type,
    ace_tier === "unclassified" ? "unclassified" : `tier ${ace_tier}`,
    // A tag that says the domain again.
    ...shl_tags.filter((tag) => !tag.startsWith("@Chain-")),
  ].filter((one) => one !== "unclassified");
  return (
    <details className="findings" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="soft">{found.length === 0 ? "details" : found.join(" · ")}</summary>
      {isOpen ? (
        <div className="popup">
          <Why message={message} />
          <RawRecord seq={message.seq} />
        </div>
      ) : null}
    </details>
  );
}

function Why({ message }: { readonly message: EnrichedMessage }) {
  const { chain_type, ace_tier, keywords, language, word_count, explain } = message.enrichment;
  const sure = (confidence: number): string => `${Math.round(confidence * 100)} % sure`;
  return (
    <dl className="why-list">
      <Found name="domain" what={chain_type} words={explain.chain_type.matched}>
        {sure(explain.chain_type.confidence)}
      </Found>
      <Found name="tier" what={ace_tier} words={explain.ace_tier.matched}>
        {sure(explain.ace_tier.confidence)}
      </Found>
      {Object.entries(explain.shl_tags).map(([tag, words]) => (
        <Found key={tag} name="tag" what={tag} words={words} />
      ))}
      {Object.entries(explain.dialogue_acts).map(([act, words]) => (
        <Found key={act} name="act" what={act} words={words} />
      ))}
      <Found name="language" what={`${language}, ${word_count} words`} words={[]} />
      {keywords.length === 0 ? null : (
        <Found name="keywords" what={keywords.join(", ")} words={[]} />
      )}
    </dl>
  );
}

function Found({
  name,
  what,
  words,
  children,
}: {
  readonly name: string;
  readonly what: string;
  readonly words: readonly string[];
  readonly children?: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {what}
        {children === undefined || what === "unclassified" ? null : (
          <span className="soft"> {children}</span>
        )}
        {words.length === 0 ? null : (
          <span className="words">
            {words.map((word) => (
              <mark key={word}>{word}</mark>
            ))}
          </span>
        )}
      </dd>
    </div>
  );
}
