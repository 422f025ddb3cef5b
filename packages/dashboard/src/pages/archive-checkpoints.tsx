/** Checkpoints: what is in them, whether every byte is as it was made, and their files. */
import type {
  CheckpointListing,
  CheckpointState,
  CheckpointsVerified,
} from "@verbatim/api/contract";
import { useEffect, useRef } from "react";
import { useAsked } from "../asking/asked.ts";
import { useDoing } from "../asking/doing.ts";
import { useRows } from "../asking/pages.ts";
import { send } from "../asking/server.ts";
import { Progress } from "../parts/bars.tsx";
import { bytesText, countText, manyText } from "../parts/figures.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Empty, Trouble } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

const LOOK_MS = 1000;
const PAGE_ROWS = 20;
const VERIFY = "/v1/checkpoints/verify";

type Props = {
  /** Entries since the newest one. */
  readonly since: number | null;
  /** The newest there is: when it is another one they are asked for again. */
  readonly newest: string | null;
};

export function Checkpoints({ since, newest }: Props) {
  const { rows, hasMore, problem, more, again, first } = useRows<
    CheckpointState,
    CheckpointListing
  >("/v1/checkpoints", { limit: PAGE_ROWS });
  const known = useRef(newest);
  useEffect(() => {
    if (known.current !== null && known.current !== newest) again();
    known.current = newest;
  }, [newest, again]);
  const verified = useAsked<CheckpointsVerified>(VERIFY, {}, { everyMs: LOOK_MS });
  const bad = new Set((verified.data?.report?.faults ?? []).map(({ file }) => file));
  return (
    <section aria-labelledby="checkpoints">
      <div className="bar">
        <h2 id="checkpoints">Checkpoints</h2>
        {since === null || since === 0 ? null : (
          <span className="soft">{manyText(since, "entry", "entries")} since the last one</span>
        )}
        <Verify verified={verified.data} again={verified.again} />
      </div>
      {verified.data === undefined ? null : <Found verified={verified.data} />}
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {first?.data.length === 0 ? (
        <Empty title="No checkpoint yet">
          One is made every five minutes while something is new, or on the page Jobs.
        </Empty>
      ) : (
        <Table rows={rows} bad={bad} lookedAt={lookedAt(verified.data)} />
      )}
      {hasMore ? (
        <button type="button" onClick={more}>
          Show older checkpoints
        </button>
      ) : null}
    </section>
  );
}

function Verify({
  verified,
  again,
}: {
  readonly verified: CheckpointsVerified | undefined;
  readonly again: () => void;
}) {
  const { isDoing, problem, run } = useDoing();
  const isRunning = verified?.state === "running";
  return (
    <>
      <button
        type="button"
        disabled={isDoing || isRunning}
        onClick={() =>
          run(async () => {
            await send("POST", VERIFY);
            again();
            return null;
          })
        }
      >
        {isRunning ? "Looking at every byte …" : "Verify"}
      </button>
      {problem === null ? null : <Trouble problem={problem} />}
    </>
  );
}

/** What the look came to. */
function Found({ verified }: { readonly verified: CheckpointsVerified }) {
  const { state, report, problem, finished_at, done, total } = verified;
  if (state === "running")
    return <Progress part={total === 0 ? null : done / total} label="how far the look is" />;
  if (state === "failed") return <p className="trouble">{problem}</p>;
  if (state === "never" || report === null)
    return (
      <p className="soft">
        Not looked at since the server started. Verify reads every byte and follows the chain of
        digests.
      </p>
    );
  if (report.faults.length === 0)
    return (
      <p role="status">
        <span className="good-word">Whole.</span>{" "}
        <span className="soft">
          {manyText(report.checkpoints, "checkpoint")},{" "}
          {manyText(report.entries, "entry", "entries")}, {bytesText(report.bytes)}, looked at{" "}
          <Time at={finished_at} brief />. The chain ends in{" "}
          <span className="code">{report.head?.slice(0, 16)}</span>.
        </span>
      </p>
    );
  return (
    <ul className="alarms" role="alert">
      {report.faults.map(({ file, what }) => (
        <li key={`${file} ${what}`}>
          <b>{file}</b> {what}
        </li>
      ))}
    </ul>
  );
}

type TableProps = {
  readonly rows: readonly CheckpointState[];
  readonly bad: ReadonlySet<string>;
  /** When the last look began that came to an end; what was made since was not looked at. */
  readonly lookedAt: string | null;
};

function lookedAt(verified: CheckpointsVerified | undefined): string | null {
  return verified?.state === "done" ? verified.started_at : null;
}

function Table({ rows, bad, lookedAt }: TableProps) {
  return (
    <Scroll label="checkpoints">
      <table>
        <thead>
          <tr>
            <th>checkpoint</th>
            <th>made</th>
            <th className="number">entries</th>
            <th className="number">messages</th>
            <th>state</th>
            <th>files</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, checkpoint }) =>
            checkpoint === null ? null : (
              <tr key={id}>
                <td className="code">{id}</td>
                <td>
                  <Time at={checkpoint.made_at} brief />
                </td>
                <td className="number">
                  #{countText(checkpoint.first_seq)} to #{countText(checkpoint.last_seq)}
                </td>
                <td className="number">{countText(checkpoint.messages)}</td>
                <td>
                  <State
                    isBad={[...bad].some((file) => file.startsWith(id))}
                    isVerified={lookedAt !== null && checkpoint.made_at <= lookedAt}
                  />
                  {checkpoint.erased.length === 0 ? null : (
                    <span className="soft"> forgotten in part</span>
                  )}
                </td>
                <td>
                  <Files state={checkpoint} />
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}

function State({ isBad, isVerified }: { readonly isBad: boolean; readonly isVerified: boolean }) {
  if (isBad) return <span className="bad">damaged</span>;
  return isVerified ? (
    <span className="good-word">whole</span>
  ) : (
    <span className="soft">not verified</span>
  );
}

function Files({ state }: { readonly state: NonNullable<CheckpointState["checkpoint"]> }) {
  const address = `/v1/checkpoints/${encodeURIComponent(state.id)}/file`;
  return (
    <span className="files-line">
      {(["json", "parquet"] as const).map((format) => (
        <a key={format} href={`${address}?format=${format}`} download={`${state.id}.${format}`}>
          {format} <span className="soft">{bytesText(state.files[format].bytes)}</span>
        </a>
      ))}
    </span>
  );
}
