/** What was set aside, and why: where the numbers of it lead. */
import type { AsideRow } from "@verbatim/core";
import { useRows } from "../asking/pages.ts";
import { bytesText } from "../parts/figures.tsx";
import { Listing } from "../parts/listing.tsx";
import { withoutColours } from "../parts/plain.ts";
import { RawRecord } from "../parts/record.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

/** Where the page is. */
export const ASIDE_PATH = "/aside";

const ROW_PX = 110;
const PAGE_ROWS = 100;
/** Of these nothing is left to be shown. */
const FORGOTTEN = "forgotten";

export function AsidePage() {
  const found = useRows<AsideRow>("/v1/aside", {
    limit: PAGE_ROWS,
  });
  return (
    <>
      <h1>Set aside</h1>
      <p className="soft">
        Records that no parser understood, or understood only in part, the newest first. Unless the
        reason says otherwise their bytes are kept as they were heard, and{" "}
        <code>verbatim rebuild</code> reads them again when a parser has learnt them.
      </p>
      <Listing
        found={found}
        keyOf={({ seq }) => String(seq)}
        draw={(row) => <Aside row={row} />}
        height={ROW_PX}
        label="records set aside"
        empty={
          <Empty title="Nothing was set aside">
            <p>Everything recorded was understood.</p>
          </Empty>
        }
      />
    </>
  );
}

function Aside({ row }: { readonly row: AsideRow }) {
  const { seq, heard_at, source, key, why, bytes } = row;
  return (
    <div className="hit">
      <span className="hit-head soft">
        <Time at={heard_at} brief />
        <span>{source}</span>
        <span>{bytesText(bytes)}</span>
        <span>{key}</span>
      </span>
      <span className="hit-text">{withoutColours(why)}</span>
      {why === FORGOTTEN ? null : <RawRecord seq={seq} />}
    </div>
  );
}
