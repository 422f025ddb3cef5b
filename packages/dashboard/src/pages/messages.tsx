/** Messages by what they are: where a number leads. What is asked stands in the address. */
import type { EnrichedMessage } from "@verbatim/core";
import { Link, useSearchParams } from "wouter";
import { useRows } from "../asking/pages.ts";
import { Listing } from "../parts/listing.tsx";
import { MessageLine } from "../parts/message-line.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

const LINE_PX = 58;
const PAGE_ROWS = 100;

/** What may be asked, and how it is said. */
const FILTERS: Readonly<Record<string, string>> = {
  source: "source",
  author: "author",
  role: "by",
  chain_type: "domain",
  ace_tier: "tier",
  tag: "tag",
  keyword: "keyword",
  model: "model",
  session: "session",
  project: "project",
  since: "from",
  until: "before",
  records: "bookkeeping too",
  counted: "only what counts",
};
/** Conditions that need no value said. */
const FLAGS: ReadonlySet<string> = new Set(["records", "counted"]);

export function MessagesPage() {
  const [params, setParams] = useSearchParams();
  const given = Object.keys(FILTERS).flatMap((name) => {
    const value = params.get(name);
    return value === null || value === "" ? [] : [[name, value] as const];
  });
  const query = { ...Object.fromEntries(given), order: "desc", limit: PAGE_ROWS };
  const found = useRows<EnrichedMessage>("/v1/messages", query);
  const without = (name: string): void =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete(name);
        return after;
      },
      { replace: true },
    );
  return (
    <>
      <h1>Messages</h1>
      <ul className="chips" aria-label="what is asked for">
        {given.map(([name, value]) => (
          <li key={name}>
            <span className="soft">{FILTERS[name]}</span>{" "}
            {FLAGS.has(name) ? null : <Value name={name} value={value} />}
            <button type="button" onClick={() => without(name)} aria-label={`without ${name}`}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <p className="soft">
        Last recorded first. Numbers of <Link href="/analytics">Analytics</Link> count what somebody
        said in words, for the first time;{" "}
        {params.get("counted") === "true"
          ? "repeated, empty and automatic messages are not listed here."
          : "repeated, empty and automatic messages are listed here too."}
      </p>
      <Listing
        found={found}
        keyOf={({ seq, sub }) => `${seq}.${sub}`}
        draw={(message) => <MessageLine message={message} />}
        height={LINE_PX}
        label="messages"
        empty={
          <Empty title="No message is like this">
            <p>Take one of the conditions above away.</p>
          </Empty>
        }
      />
    </>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: string }) {
  return name === "since" || name === "until" ? <Time at={value} brief /> : <b>{value}</b>;
}
