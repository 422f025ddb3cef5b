/** What the messages found so far have in common: counts that narrow the search with a click. */
import type { Found } from "@verbatim/api/contract";
import { countText } from "../parts/figures.tsx";

/** Names shown of each kind. */
const NAMES_MAX = 6;

type FacetName = "source" | "role" | "tier" | "author";
type Facet = {
  readonly name: FacetName;
  readonly title: string;
  readonly of: (hit: Found) => string;
};

const FACETS: readonly Facet[] = [
  { name: "source", title: "source", of: ({ source }) => source },
  { name: "role", title: "by", of: ({ author }) => author.role },
  { name: "author", title: "author", of: ({ author }) => author.name },
  { name: "tier", title: "tier", of: ({ enrichment }) => enrichment.ace_tier },
];

type Props = {
  readonly found: readonly Found[];
  /** There are more than these: what is counted is a beginning. */
  readonly hasMore: boolean;
  readonly asked: Readonly<Record<FacetName, string>>;
  readonly set: Readonly<Record<FacetName, (value: string) => void>>;
};

export function Facets({ found, hasMore, asked, set }: Props) {
  if (found.length === 0) return null;
  return (
    <fieldset className="facets">
      <legend className="unseen">Narrow what was found</legend>
      <span className="soft">
        {hasMore
          ? `Counted among the newest ${countText(found.length)}:`
          : `Counted among ${found.length === 1 ? "the one" : `all ${countText(found.length)}`}:`}
      </span>
      {FACETS.map(({ name, title, of }) => {
        const counts = countsOf(found.map(of));
        if (counts.length < 2 && asked[name] === "") return null;
        return (
          <span key={name} className="facet">
            <span className="soft">{title}</span>
            {counts.map(([value, count]) => (
              <button
                key={value}
                type="button"
                aria-pressed={asked[name] === value}
                onClick={() => set[name](asked[name] === value ? "" : value)}
              >
                {value} <small>{count}</small>
              </button>
            ))}
          </span>
        );
      })}
    </fieldset>
  );
}

/** Names with how often they come, the most first; what is unclassified cannot be asked for. */
function countsOf(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names)
    if (name !== "unclassified") counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, NAMES_MAX);
}
