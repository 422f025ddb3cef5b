/** Jobs of one state: what each is about, why it failed, and trying it again. Which ones stands in the address. */
import type { JobListing } from "@verbatim/api/contract";
import type { JobRow, JobState, QueueName } from "@verbatim/core";
import { useParam } from "../asking/address.ts";
import { useAsked } from "../asking/asked.ts";
import { aboutOf } from "../parts/job-words.ts";
import { Empty, Trouble, Waiting } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { JobAct } from "./jobs-acting.tsx";

const STATES: readonly JobState[] = ["failed", "active", "waiting", "delayed", "completed"];
const LOOK_MS = 2000;
const SHOWN_MAX = 100;

export function JobList() {
  const [state, setState] = useParam("state");
  const [queue, setQueue] = useParam("queue");
  const at = state === "" ? "failed" : state;
  const { data, problem, again } = useAsked<JobListing>(
    "/v1/jobs",
    { state: at, queue },
    { everyMs: LOOK_MS },
  );
  const queues: readonly QueueName[] = (data?.counts ?? []).map((one) => one.queue);
  const rows = (data?.data ?? [])
    .toSorted((a, b) =>
      (b.finished_at ?? b.created_at).localeCompare(a.finished_at ?? a.created_at),
    )
    .slice(0, SHOWN_MAX);
  return (
    <section aria-labelledby="jobs">
      <div className="bar">
        <h2 id="jobs">Each job</h2>
        <label>
          <span className="soft">state</span>
          <select value={at} onChange={(event) => setState(event.target.value)}>
            {STATES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          <span className="soft">queue</span>
          <select value={queue} onChange={(event) => setQueue(event.target.value)}>
            <option value="">all</option>
            {(queues.length === 0 && queue !== "" ? [queue] : queues).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="jobs" />
        ) : null
      ) : rows.length === 0 ? (
        <Nothing state={at} />
      ) : (
        <ul className="jobs">
          {rows.map((job) => (
            <Row key={`${job.queue} ${job.id}`} job={job} again={again} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Nothing({ state }: { readonly state: string }) {
  return (
    <Empty title={`No ${state} job`}>
      {state === "failed"
        ? "What fails is tried again by itself a few times, and then waits here for a person."
        : "Jobs that are done are remembered for a day, failed ones for a week."}
    </Empty>
  );
}

function Row({ job, again }: { readonly job: JobRow; readonly again: () => void }) {
  const { queue, id, state, created_at, finished_at, attempts, failed_why, data, result } = job;
  return (
    <li>
      <div className="job">
        <b>{queue}</b>
        <span className="job-about">{aboutOf(job)}</span>
        <span className="soft">
          <Time at={finished_at ?? created_at} brief />
          {attempts > 1 ? `, ${attempts} tries` : ""}
        </span>
        {state === "failed" ? <JobAct job={job} act="retry" again={again} /> : null}
        {["active", "waiting", "delayed"].includes(state) ? (
          <JobAct job={job} act="cancel" again={again} />
        ) : null}
      </div>
      {failed_why === null ? null : <p className="bad job-why">{failed_why}</p>}
      <details>
        <summary className="soft">{id}</summary>
        <pre>{JSON.stringify({ data, result, created_at, finished_at }, null, 2)}</pre>
      </details>
    </li>
  );
}
