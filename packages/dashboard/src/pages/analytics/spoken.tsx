/** What was spoken of and by whom: counts by name, each leading to its messages. */
import type { BreakdownAnswer } from "@verbatim/api/contract";
import { useAsked } from "../../asking/asked.ts";
import type { Query } from "../../asking/server.ts";
import { type Bar, BarList } from "../../parts/charts/bar-list.tsx";
import { Panel } from "../../parts/charts/panel.tsx";
import { countText } from "../../parts/figures.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import type { Ways } from "./period.ts";

const NAMES_SHOWN = 10;
const ELSEWHERE = "unclassified";

type Kind = {
  readonly of: string;
  readonly title: string;
  readonly note: string;
  readonly hrefOf: (ways: Ways, name: string) => string;
  /** Names that are drawn, where not all are. */
  readonly isShown?: (name: string) => boolean;
};

const KINDS: readonly Kind[] = [
  {
    of: "domains",
    title: "Domains",
    note: "What messages are about, by the taxonomy that holds.",
    hrefOf: (ways, chain_type) => ways.counted({ chain_type }),
  },
  {
    of: "tiers",
    title: "Tiers",
    note: "A architects, C coordinates, E executes.",
    hrefOf: (ways, ace_tier) => ways.counted({ ace_tier }),
  },
  {
    of: "tags",
    title: "Tags",
    note: "What messages do: ask, decide, report, block. Those of domains are under Domains.",
    isShown: (name) => !name.startsWith("@Chain-"),
    hrefOf: (ways, tag) => ways.counted({ tag }),
  },
  {
    of: "keywords",
    title: "Keywords",
    note: "Words that speak for messages.",
    hrefOf: (ways, keyword) => ways.counted({ keyword }),
  },
  {
    of: "speakers",
    title: "Speakers",
    note: "Who says something that counts.",
    hrefOf: (ways, author) => ways.counted({ author }),
  },
  {
    of: "projects",
    title: "Projects",
    note: "Folders it was said in.",
    hrefOf: (ways, project) => ways.sessions(project === "(none)" ? "" : project),
  },
];

type Props = { readonly query: Query; readonly ways: Ways };

export function Spoken({ query, ways }: Props) {
  return (
    <div className="panels">
      {KINDS.map((kind) => (
        <Breakdown key={kind.of} kind={kind} query={query} ways={ways} />
      ))}
    </div>
  );
}

function Breakdown({ kind, query, ways }: Props & { readonly kind: Kind }) {
  const { of, title, note, hrefOf, isShown = () => true } = kind;
  const asked = useAsked<BreakdownAnswer>("/v1/analytics/breakdown", { ...query, of, limit: 100 });
  const { data, problem, again } = asked;
  const named = (data?.data ?? []).filter(({ name }) => isShown(name));
  const bars = named.slice(0, NAMES_SHOWN).map(
    ({ name, count, share }): Bar => ({
      name: name === ELSEWHERE ? "(none)" : name,
      value: count,
      text: countText(count),
      share,
      href: hrefOf(ways, name),
    }),
  );
  const rest = (data?.names ?? 0) - (data?.data.length ?? 0) + named.length - bars.length;
  return (
    <Panel
      title={title}
      note={note}
      table={() => ({
        names: [of, "count", "share"],
        rows: named.map(({ name, count, share }) => [name, count, share]),
      })}
    >
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined && problem === null ? <Waiting what={of} /> : null}
      {data !== undefined && bars.length === 0 ? (
        <p className="soft">Nothing in this period.</p>
      ) : (
        <BarList bars={bars} label={title} />
      )}
      {rest > 0 ? (
        <p className="soft panel-note">
          and {countText(rest)} more; CSV has {countText(named.length)}
        </p>
      ) : null}
    </Panel>
  );
}
