/** What a person may start: an export, a checkpoint, a report, the archive. */
import type { ArchiveAccepted, CheckpointAccepted, ReportAccepted } from "@verbatim/api/contract";
import { type FormEvent, type ReactNode, useState } from "react";
import { useDoing } from "../asking/doing.ts";
import { exportFile } from "../asking/exporting.ts";
import { send } from "../asking/server.ts";
import { Progress } from "../parts/bars.tsx";
import { countText } from "../parts/figures.tsx";
import { Trouble } from "../parts/states.tsx";

/** Forms of an export, as people know them. */
export const FORMATS: readonly (readonly [string, string])[] = [
  ["md", "Markdown"],
  ["html", "one page of HTML"],
  ["json", "JSON"],
  ["jsonl", "lines of JSON"],
  ["parquet", "a table (Parquet)"],
];

export function Starting() {
  return (
    <section aria-labelledby="starting" className="starting">
      <h2 id="starting">Start</h2>
      <div className="cards">
        <Exporting />
        <Checkpointing />
        <Card
          title="Report"
          about="Score, domains, tokens and cost, as JSON and Markdown."
          button="Make a report"
          start={async () => {
            const { id } = await send<ReportAccepted>("POST", "/v1/reports", {});
            return `Asked for: job ${id}.`;
          }}
        />
        <Card
          title="Archive"
          about="Brings Postgres up to the journal now instead of in a moment."
          button="Catch up"
          start={async () => {
            const { up_to } = await send<ArchiveAccepted>("POST", "/v1/archives");
            return `Asked for: everything up to #${countText(up_to)}.`;
          }}
        />
      </div>
    </section>
  );
}

/** One thing to start, and what came of it. */
function Card({
  title,
  about,
  button,
  start,
  children,
}: {
  readonly title: string;
  readonly about: string;
  readonly button: string;
  readonly start: () => Promise<string | null>;
  readonly children?: ReactNode;
}) {
  const { isDoing, problem, said, run } = useDoing();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    run(start);
  };
  return (
    <form className="card" onSubmit={onSubmit} aria-label={title}>
      <h3>{title}</h3>
      <p className="soft">{about}</p>
      {children}
      <button type="submit" disabled={isDoing}>
        {button}
      </button>
      <p role="status" className="soft card-said">
        {said}
      </p>
      {problem === null ? null : <Trouble problem={problem} />}
    </form>
  );
}

function Checkpointing() {
  const [label, setLabel] = useState("");
  return (
    <Card
      title="Checkpoint"
      about="What is new, in files that are never written again."
      button="Make a checkpoint"
      start={async () => {
        const ask = label.trim() === "" ? {} : { label: label.trim() };
        const { id } = await send<CheckpointAccepted>("POST", "/v1/checkpoints", ask);
        return `Asked for: job ${id}. It appears under Archive.`;
      }}
    >
      <label>
        label
        <input
          value={label}
          placeholder="by-hand"
          onChange={(event) => setLabel(event.target.value)}
        />
      </label>
    </Card>
  );
}

function Exporting() {
  const [format, setFormat] = useState("md");
  const [redact, setRedact] = useState(false);
  const [percent, setPercent] = useState<number | null>(null);
  return (
    <Card
      title="Export"
      about="Every session, each in a file of its own, saved as it is done."
      button="Export all sessions"
      start={async () => {
        setPercent(0);
        try {
          return `Saved ${await exportFile({ format, redact, session: "" }, setPercent)}.`;
        } finally {
          setPercent(null);
        }
      }}
    >
      <label>
        as
        <select value={format} onChange={(event) => setFormat(event.target.value)}>
          {FORMATS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={redact}
          onChange={(event) => setRedact(event.target.checked)}
        />
        without secrets and personal data
      </label>
      {percent === null ? null : <Progress part={percent / 100} label="how far the export is" />}
    </Card>
  );
}
