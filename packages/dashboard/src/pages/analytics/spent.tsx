/** What was spent: calls of models, tokens and cost, by model, project, agent or day. */
import type { Report } from "@verbatim/core";
import { Link } from "wouter";
import { useParam } from "../../asking/address.ts";
import { BarList } from "../../parts/charts/bar-list.tsx";
import { OneOf, Panel } from "../../parts/charts/panel.tsx";
import { briefText, costText } from "../../parts/charts/scale.ts";
import { countText, manyText } from "../../parts/figures.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import type { Ways } from "./period.ts";

type By = "model" | "project" | "speaker" | "day";
type Row = Report["usage"]["by_model"][number];

const BY: Readonly<Record<By, string>> = {
  model: "by model",
  project: "by project",
  speaker: "by agent",
  day: "by day",
};
const ROWS_DRAWN = 12;
const DAY_MS = 86_400_000;
const OTHER = "(other)";

export function Spent({ report, ways }: { readonly report: Report; readonly ways: Ways }) {
  const [named, setBy] = useParam("by");
  const by: By = named in BY ? (named as By) : "model";
  const rows = report.usage[`by_${by}`];
  const isPriced = rows.some(({ cost_micro_usd }) => cost_micro_usd !== null);
  const sorted = by === "day" ? rows : rows.toSorted((a, b) => weightOf(b) - weightOf(a));
  const { unpriced_calls, calls } = report.cost;
  return (
    <Panel
      title="Tokens and cost"
      note={
        unpriced_calls === 0
          ? `${manyText(calls, "call")} of models; cost by list prices`
          : `${manyText(calls, "call")} of models; ${countText(unpriced_calls)} of them ${unpriced_calls === 1 ? "has no known price and is" : "have no known price and are"} not in the cost`
      }
      choices={<OneOf label="what is told apart" values={BY} value={by} set={setBy} />}
      table={() => ({
        names: [
          by,
          "calls",
          "unpriced_calls",
          "input_tokens",
          "output_tokens",
          "cache_read_tokens",
          "cache_write_tokens",
          "total_tokens",
          "cost_micro_usd",
        ],
        rows: rows.map((row) => [
          row.name,
          row.calls,
          row.unpriced_calls,
          row.input_tokens,
          row.output_tokens,
          row.cache_read_tokens,
          row.cache_write_tokens,
          row.total_tokens,
          row.cost_micro_usd,
        ]),
      })}
    >
      {rows.length === 0 ? (
        <p className="soft">No model was called in this period.</p>
      ) : (
        <>
          <BarList
            label={`cost ${BY[by]}`}
            bars={(by === "day" ? sorted.slice(-ROWS_DRAWN) : sorted.slice(0, ROWS_DRAWN)).map(
              (row) => ({
                name: row.name,
                value: isPriced ? (row.cost_micro_usd ?? 0) : row.total_tokens,
                text: isPriced ? costText(row.cost_micro_usd) : briefText(row.total_tokens),
                share: null,
                href: hrefOf(ways, by, row.name),
              }),
            )}
          />
          <UsageTable rows={sorted} by={by} ways={ways} />
        </>
      )}
    </Panel>
  );
}

function weightOf({ cost_micro_usd, total_tokens }: Row): number {
  return cost_micro_usd ?? total_tokens / 1e6;
}

/** Where the calls of a row are read; what is summed up under "other" is nowhere alone. */
function hrefOf(ways: Ways, by: By, name: string): string | null {
  if (name === OTHER) return null;
  switch (by) {
    case "model":
      return ways.messages({ model: name });
    case "speaker":
      return ways.messages({ author: name });
    case "project":
      return ways.sessions(name === "(none)" ? "" : name);
    case "day":
      return ways.messages({
        since: `${name}T00:00:00.000Z`,
        until: new Date(Date.parse(name) + DAY_MS).toISOString(),
      });
  }
}

type TableProps = { readonly rows: readonly Row[]; readonly by: By; readonly ways: Ways };

function UsageTable({ rows, by, ways }: TableProps) {
  return (
    <Scroll label="what was used">
      <table>
        <thead>
          <tr>
            <th scope="col">{by === "speaker" ? "agent" : by === "day" ? "day (UTC)" : by}</th>
            {["calls", "input", "output", "cache read", "cache write", "tokens", "cost"].map(
              (name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const href = hrefOf(ways, by, row.name);
            return (
              <tr key={row.name}>
                <th scope="row" className="where">
                  {href === null ? row.name : <Link href={href}>{row.name}</Link>}
                </th>
                <td className="number">{countText(row.calls)}</td>
                <td className="number">{briefText(row.input_tokens)}</td>
                <td className="number">{briefText(row.output_tokens)}</td>
                <td className="number">{briefText(row.cache_read_tokens)}</td>
                <td className="number">{briefText(row.cache_write_tokens)}</td>
                <td className="number">{briefText(row.total_tokens)}</td>
                <td className="number">{costText(row.cost_micro_usd)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
