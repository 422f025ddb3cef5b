/** What is listened to on this machine, and how it is doing. */
import type { StatusAnswer } from "@verbatim/api/contract";
import { Fragment } from "react";
import { Link } from "wouter";
import { useAsked } from "../../asking/asked.ts";
import { bytesText, countText } from "../../parts/figures.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";

const LOOK_MS = 3000;

export function Sources() {
  const { data, problem, again } = useAsked<StatusAnswer>("/v1/status", {}, { everyMs: LOOK_MS });
  const sources = data?.ingest?.sources ?? [];
  return (
    <section id="sources" className="panel">
      <h2>Sources</h2>
      <p className="soft panel-note">
        Folders of agents found when Verbatim started, and where others hand records in. More:{" "}
        <code>verbatim up --watch DIR</code>; once: <code>verbatim import DIR</code>.
      </p>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="sources" />
        ) : null
      ) : data.ingest === null ? (
        <p className="bad">The recorder is away: {data.parts.ingest.problem}</p>
      ) : sources.length === 0 ? (
        <p className="soft">Nothing is listened to.</p>
      ) : (
        <Scroll label="sources">
          <table>
            <thead>
              <tr>
                <th scope="col">source</th>
                <th scope="col">where</th>
                <th scope="col">state</th>
                <th scope="col" className="number">
                  files
                </th>
                <th scope="col" className="number">
                  to read
                </th>
                <th scope="col">last heard</th>
              </tr>
            </thead>
            <tbody>
              {sources.map((one) => (
                <SourceRow key={`${one.source} ${one.root}`} one={one} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NotFound sources={data?.not_found ?? []} />
    </section>
  );
}

/** What would have been listened to, and where it was looked for. */
function NotFound({ sources }: { readonly sources: StatusAnswer["not_found"] }) {
  if (sources.length === 0) return null;
  return (
    <p className="soft panel-note">
      Looked for when Verbatim started, and not found:{" "}
      {sources.map(({ source, path }, at) => (
        <Fragment key={`${source} ${path}`}>
          {at === 0 ? "" : ", "}
          {source} at <span className="where">{path}</span>
        </Fragment>
      ))}
      . Once it is there, start Verbatim again.
    </p>
  );
}

/** Names of ways in, not of what comes in by them. */
const WAYS: ReadonlySet<string> = new Set(["auto", "intake"]);

type Source = NonNullable<StatusAnswer["ingest"]>["sources"][number];

function SourceRow({ one }: { readonly one: Source }) {
  const { source, root, state, problem, files, bytes_behind, last_heard_at } = one;
  return (
    <tr>
      <th scope="row">
        {WAYS.has(source) ? (
          source
        ) : (
          <Link href={`/sessions?source=${encodeURIComponent(source)}`}>{source}</Link>
        )}
      </th>
      <td className="where">{root}</td>
      <td className={problem === null ? undefined : "bad"}>
        {state}
        {problem === null ? "" : `: ${problem}`}
      </td>
      <td className="number">{countText(files)}</td>
      <td className="number">{bytes_behind === 0 ? "nothing" : bytesText(bytes_behind)}</td>
      <td>{last_heard_at === null ? "not yet" : <Time at={last_heard_at} brief />}</td>
    </tr>
  );
}
