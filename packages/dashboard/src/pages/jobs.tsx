/** Jobs: how each queue is doing, what runs, what failed, what comes by the clock, and what to start. */
import type { JobListing, QueuesAnswer } from "@verbatim/api/contract";
import type { JobRow } from "@verbatim/core";
import type { QueueLook, Scheduled } from "@verbatim/core/queue";
import { useAsked } from "../asking/asked.ts";
import { isForLater } from "../asking/server.ts";
import { Bars, Progress } from "../parts/bars.tsx";
import { countText } from "../parts/figures.tsx";
import { aboutOf, farOf } from "../parts/job-words.ts";
import { Scroll } from "../parts/scroll.tsx";
import { Empty, Trouble, Waiting } from "../parts/states.tsx";
import { ageText, Time, useTick } from "../parts/time.tsx";
import { JobAct } from "./jobs-acting.tsx";
import { JobList } from "./jobs-list.tsx";
import { Starting } from "./jobs-starting.tsx";
import { KeptFiles } from "./kept-files.tsx";

const LOOK_MS = 2000;
/** Hints that run all the time; what a person waits for is the rest. */
const ALWAYS: ReadonlySet<string> = new Set(["enrichment", "archive"]);

export function JobsPage() {
  const look = useAsked<QueuesAnswer>("/v1/queues", {}, { everyMs: LOOK_MS });
  const { data, problem, again } = look;
  return (
    <>
      <div className="title-bar">
        <h1>Jobs</h1>
        <a href="/queues">Open bull-board</a>
      </div>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      <Running />
      {data === undefined ? (
        problem === null ? (
          <Waiting what="the queues" />
        ) : isForLater(problem) ? (
          // Files lie on the disk, whoever is away.
          <KeptFiles />
        ) : null
      ) : (
        <>
          <Queues queues={data.queues} />
          <Starting />
          <JobList />
          <KeptFiles />
          <ByClock schedulers={data.schedulers} />
        </>
      )}
    </>
  );
}

/** What is being done, with how far it is. */
function Running() {
  const { data, again } = useAsked<JobListing>("/v1/jobs", { state: "active" }, { everyMs: 1000 });
  const running = (data?.data ?? []).filter(({ queue }) => !ALWAYS.has(queue));
  if (running.length === 0) return null;
  return (
    <section aria-labelledby="running">
      <h2 id="running">Running</h2>
      <ul className="running">
        {running.map((job) => (
          <RunningJob key={`${job.queue} ${job.id}`} job={job} again={again} />
        ))}
      </ul>
    </section>
  );
}

function RunningJob({ job, again }: { readonly job: JobRow; readonly again: () => void }) {
  const { part, words } = farOf(job.progress);
  return (
    <li>
      <span>
        <b>{job.queue}</b> <span className="soft">{aboutOf(job)}</span>
      </span>
      <Progress part={part} label={`how far ${job.queue} ${job.id} is`} />
      <span className="soft number">{words}</span>
      <JobAct job={job} act="cancel" again={again} />
    </li>
  );
}

function Queues({ queues }: { readonly queues: readonly QueueLook[] }) {
  const now = useTick(1000);
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <Scroll label="queues">
        <table className="queues">
          <thead>
            <tr>
              <th>queue</th>
              <th className="number">runs</th>
              <th className="number">waits</th>
              <th className="number">later</th>
              <th>last hour</th>
              <th className="number">waited</th>
              <th className="number">took</th>
              <th className="number">failed</th>
              <th>oldest failure</th>
            </tr>
          </thead>
          <tbody>
            {queues.map((one) => (
              <QueueRow key={one.queue} look={one} now={now} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="soft">
        Waited and took: the middle of the newest jobs that are done. A queue whose jobs are not
        kept shows none.
      </p>
    </section>
  );
}

function QueueRow({ look, now }: { readonly look: QueueLook; readonly now: number }) {
  const { queue, active, waiting, delayed, failed, done_last_hour, waiting_since } = look;
  const since = waiting_since === null ? null : now - Date.parse(waiting_since);
  return (
    <tr>
      <td>
        {queue}
        {look.paused ? <span className="bad"> paused</span> : null}
      </td>
      <td className="number">{zeroless(active)}</td>
      <td className="number">
        {zeroless(waiting)}
        {since === null || since < 1000 ? null : <small> {ageText(since)}</small>}
      </td>
      <td className="number">{zeroless(delayed)}</td>
      <td className="hour">
        <Bars
          values={look.done_by_minute}
          label={`${queue}: ${done_last_hour} done in the last hour, by minute`}
        />
        <span className="soft"> {countText(done_last_hour)}</span>
      </td>
      <td className="number">{look.waited === null ? "" : spanText(look.waited.median_ms)}</td>
      <td className="number">{look.took === null ? "" : spanText(look.took.median_ms)}</td>
      <td className={`number ${failed > 0 ? "bad" : ""}`}>{zeroless(failed)}</td>
      <td className="why">
        {look.oldest_failed === null ? null : (
          <>
            {look.oldest_failed.failed_why}{" "}
            <span className="soft">
              <Time at={look.oldest_failed.failed_at} brief />
            </span>
          </>
        )}
      </td>
    </tr>
  );
}

/** Nothing is quieter than a zero. */
function zeroless(count: number): string {
  return count === 0 ? "" : countText(count);
}

/** "12 ms", "1.4 s", or as an age. */
function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : ageText(ms);
}

function ByClock({ schedulers }: { readonly schedulers: readonly Scheduled[] }) {
  const now = useTick(1000);
  return (
    <section aria-labelledby="clock">
      <h2 id="clock">By the clock</h2>
      {schedulers.length === 0 ? (
        <Empty title="Nothing comes by the clock">
          The workers set their clocks when they start; is one running? <code>verbatim status</code>
        </Empty>
      ) : (
        <Scroll label="jobs by the clock">
          <table>
            <thead>
              <tr>
                <th>queue</th>
                <th>job</th>
                <th className="number">every</th>
                <th className="number">next</th>
              </tr>
            </thead>
            <tbody>
              {schedulers.map(({ queue, name, every_ms, next_at }) => (
                <tr key={`${queue} ${name}`}>
                  <td>{queue}</td>
                  <td>{name}</td>
                  <td className="number">{every_ms === null ? "" : ageText(every_ms)}</td>
                  <td className="number">
                    {next_at === null ? "" : `in ${ageText(Date.parse(next_at) - now)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
