/** What jobs left in files: exports and reports, the newest first, to be saved again. */
import type { ExportListing, ExportState, ReportListing } from "@verbatim/api/contract";
import { useAsked } from "../asking/asked.ts";
import { exportAddress } from "../asking/exporting.ts";
import { bytesText, countText, manyText } from "../parts/figures.tsx";
import { Empty, Trouble } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

const LOOK_MS = 3000;
const SHOWN = 8;

export function KeptFiles() {
  const exports = useAsked<ExportListing>("/v1/exports", { limit: SHOWN }, { everyMs: LOOK_MS });
  const reports = useAsked<ReportListing>("/v1/reports", { limit: SHOWN }, { everyMs: LOOK_MS });
  const problem = exports.problem ?? reports.problem;
  // Those that are being made stand under Running, those that failed under the jobs.
  const kept = (exports.data?.data ?? []).filter(({ file }) => file !== null);
  return (
    <section aria-labelledby="kept" className="pair">
      <div>
        <h2 id="kept">Exports</h2>
        {problem === null ? null : <Trouble problem={problem} />}
        {exports.data !== undefined && kept.length === 0 ? (
          <Empty title="No exports yet">Start one above, or on the page of a session.</Empty>
        ) : (
          <ul className="files">
            {kept.map(({ id, file, asked_at, ...counts }) => (
              <li key={id}>
                <a href={exportAddress(id)} download={file?.name}>
                  {file?.name ?? id}
                </a>
                <span className="soft">
                  {file === null ? "" : bytesText(file.bytes)}, {holdingOf(counts)},{" "}
                  <Time at={asked_at} brief />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div>
        <h2>Reports</h2>
        {reports.data?.data.length === 0 ? (
          <Empty title="No reports yet">One comes every six hours, or from the button above.</Empty>
        ) : (
          <ul className="files">
            {(reports.data?.data ?? []).map(
              ({ id, made_at, total_messages, collaboration_score }) => (
                <li key={id}>
                  <span>
                    <a href={`/v1/reports/${encodeURIComponent(id)}/file?format=md`}>Markdown</a>,{" "}
                    <a href={`/v1/reports/${encodeURIComponent(id)}/file?format=json`}>JSON</a>
                  </span>
                  <span className="soft">
                    {countText(total_messages)} messages
                    {collaboration_score === null ? "" : `, score ${collaboration_score}`},{" "}
                    <Time at={made_at} brief />
                  </span>
                </li>
              ),
            )}
          </ul>
        )}
      </div>
    </section>
  );
}

/** What is in one, in words. */
function holdingOf({
  originals,
  sessions,
  messages,
}: Pick<ExportState, "originals" | "sessions" | "messages">): string {
  if (originals !== null) return manyText(originals.files, "original file");
  return `${manyText(sessions, "session")}, ${manyText(messages, "message")}`;
}
