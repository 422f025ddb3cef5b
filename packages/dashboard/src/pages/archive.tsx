/** Archive: what is kept on the disk, how it grows, and whether it is whole. */
import type { SegmentListing, StatusAnswer } from "@verbatim/api/contract";
import type { SegmentInfo } from "@verbatim/core";
import type { Sizes } from "@verbatim/core/keeping";
import { useState } from "react";
import { useAsked } from "../asking/asked.ts";
import { Shares } from "../parts/bars.tsx";
import { bytesText, countText, Figure, Figures, manyText } from "../parts/figures.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Trouble, Waiting } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { Checkpoints } from "./archive-checkpoints.tsx";
import { Restoring } from "./archive-restoring.tsx";
import { Retaining } from "./archive-retaining.tsx";

const STATUS_MS = 5000;
/** Segments shown before somebody wants all of them. */
const SEGMENTS = 12;

export function ArchivePage() {
  const { data, problem, again } = useAsked<StatusAnswer>("/v1/status", {}, { everyMs: STATUS_MS });
  return (
    <>
      <h1>Archive</h1>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="what is kept" />
        ) : null
      ) : data.sizes === null ? (
        <p className="soft">Nobody can say how much there is now.</p>
      ) : (
        <Room sizes={data.sizes} />
      )}
      <Checkpoints
        since={data?.checkpoints.since ?? null}
        newest={data?.checkpoints.last ?? null}
      />
      <Segments />
      <Retaining />
      <Restoring />
    </>
  );
}

/** What takes room, and when there is none left. */
function Room({ sizes }: { readonly sizes: Sizes }) {
  const { journal, growth, disk_free_bytes } = sizes;
  const folders = [
    ["journal", journal.stored_bytes],
    ["Postgres", sizes.postgres_bytes ?? 0],
    ["Redis", sizes.redis_bytes ?? 0],
    ["checkpoints", sizes.checkpoints_bytes],
    ["exports", sizes.exports_bytes],
    ["reports", sizes.reports_bytes],
  ] as const;
  const perDay = growth.disk_bytes_per_day;
  return (
    <section aria-label="Disk">
      <Figures>
        <Figure name="disk free" value={bytesText(disk_free_bytes)} />
        <Figure
          name="full in"
          value={growth.full_in_days === null ? "?" : manyText(growth.full_in_days, "day")}
          note={
            perDay === null
              ? "known after two days of recording"
              : `${bytesText(perDay)} a day, of ${manyText(growth.over_days, "day")}`
          }
        />
        <Figure
          name="journal"
          value={bytesText(journal.bytes)}
          note={
            journal.stored_bytes < journal.bytes
              ? `${bytesText(journal.stored_bytes)} on disk`
              : undefined
          }
        />
        <Figure
          name="segments"
          value={countText(journal.segments)}
          note={`${countText(journal.compressed_segments)} compressed`}
        />
      </Figures>
      <Shares
        label="What takes room under the home"
        shares={folders.flatMap(([name, value]) =>
          value === 0 ? [] : [{ name, value, text: bytesText(value) }],
        )}
      />
    </section>
  );
}

function Segments() {
  const { data, problem, again } = useAsked<SegmentListing>(
    "/v1/segments",
    {},
    { everyMs: 30_000 },
  );
  const [isAll, setAll] = useState(false);
  const segments = data?.data ?? [];
  const shown = isAll ? segments : segments.slice(0, SEGMENTS);
  return (
    <section aria-labelledby="segments">
      <h2 id="segments">Journal</h2>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      <Scroll label="segments of the journal">
        <table>
          <thead>
            <tr>
              <th>segment</th>
              <th className="number">entries</th>
              <th className="number">plain</th>
              <th className="number">on disk</th>
              <th>state</th>
              <th>written</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <SegmentRow key={one.file} segment={one} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {segments.length > shown.length ? (
        <button type="button" onClick={() => setAll(true)}>
          Show the other {countText(segments.length - shown.length)} segments
        </button>
      ) : null}
    </section>
  );
}

/** In words. */
function stateOf({ sealed, compressed, dropped }: SegmentInfo): string {
  if (dropped) return "in checkpoints alone";
  if (!sealed) return "being written";
  return compressed ? "sealed, compressed" : "sealed";
}

function SegmentRow({ segment }: { readonly segment: SegmentInfo }) {
  const { file, first_seq, last_seq, bytes, stored_bytes, written_at } = segment;
  return (
    <tr>
      <td className="code">{file.replace(/^.*\//, "")}</td>
      <td className="number">
        #{countText(first_seq)} to #{countText(last_seq)}
      </td>
      <td className="number">{bytesText(bytes)}</td>
      <td className="number">{bytesText(stored_bytes)}</td>
      <td>{stateOf(segment)}</td>
      <td>
        <Time at={written_at} brief />
      </td>
    </tr>
  );
}
