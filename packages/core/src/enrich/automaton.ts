/**
 * Every term of every table in one machine, after Aho and Corasick: each word
 * of a text is one step, whatever the number of terms.
 *
 *   E1  All matches are found in one pass, one step a word: the work grows with
 *       the text and never with its content.
 *
 * The failure links are worked into the transitions when it is built, so a step
 * is at most two look-ups. Words of no term are symbol 0 and lead to the start.
 */
import type { Term } from "./terms.ts";

export type Automaton = {
  readonly terms: readonly Term[];
  /** The symbol of a stem; 0 when no term holds it. */
  readonly symbolOf: (stem: string) => number;
  /** The state after a symbol. 0 is the start. */
  readonly step: (state: number, symbol: number) => number;
  /** The terms that end in a state, by their place in `terms`, or null. */
  readonly endings: readonly (readonly number[] | null)[];
};

type Node = { readonly children: Map<number, number>; endings: readonly number[] };

/** The machine of these terms. Terms without a word are passed over. */
export function automatonOf(terms: readonly Term[]): Automaton {
  const symbols = new Map<string, number>();
  const nodes: Node[] = [{ children: new Map(), endings: [] }];
  for (const [place, { stems }] of terms.entries()) {
    if (stems.length > 0)
      plant(
        nodes,
        stems.map((stem) => symbolIn(symbols, stem)),
        place,
      );
  }
  const width = symbols.size + 1;
  const { first, later, deep } = linked(nodes, width);
  return {
    terms,
    symbolOf: (stem) => symbols.get(stem) ?? 0,
    step: (state, symbol) => {
      if (symbol === 0) return 0;
      const to = deep[state] === 1 ? later.get(state * width + symbol) : undefined;
      return to ?? first[symbol] ?? 0;
    },
    endings: nodes.map(({ endings }) => (endings.length === 0 ? null : endings)),
  };
}

function symbolIn(symbols: Map<string, number>, stem: string): number {
  const known = symbols.get(stem);
  if (known !== undefined) return known;
  symbols.set(stem, symbols.size + 1);
  return symbols.size;
}

function plant(nodes: Node[], path: readonly number[], place: number): void {
  let at = 0;
  for (const symbol of path) {
    const children = nodes[at]?.children ?? new Map<number, number>();
    const known = children.get(symbol);
    if (known === undefined) {
      children.set(symbol, nodes.length);
      nodes.push({ children: new Map(), endings: [] });
    }
    at = known ?? nodes.length - 1;
  }
  const last = nodes[at];
  if (last !== undefined) last.endings = [...last.endings, place];
}

function nodeAt(nodes: readonly Node[], state: number): Node {
  return nodes[state] ?? { children: new Map(), endings: [] };
}

function mapAt(maps: readonly Map<number, number>[], state: number): Map<number, number> {
  return maps[state] ?? new Map();
}

type Linked = {
  /** From the start: symbol to state. */
  readonly first: Int32Array;
  /** From other states, where they know better than the start does: state * width + symbol to state. */
  readonly later: ReadonlyMap<number, number>;
  /** 1 for states that `later` has anything for. */
  readonly deep: Uint8Array;
};

/** Breadth first, so that the state a failure leads to is finished before it is needed. */
function linked(nodes: readonly Node[], width: number): Linked {
  const first = new Int32Array(width);
  const later = new Map<number, number>();
  const deep = new Uint8Array(nodes.length);
  const own: Map<number, number>[] = nodes.map(() => new Map());
  const queue: { readonly state: number; readonly fail: number }[] = [];
  for (const [symbol, state] of nodes[0]?.children ?? []) {
    first[symbol] = state;
    queue.push({ state, fail: 0 });
  }
  for (const { state, fail } of queue) {
    const node = nodeAt(nodes, state);
    const better = mapAt(own, fail);
    const known = new Map([...better, ...node.children]);
    own[state] = known;
    node.endings = [...node.endings, ...nodeAt(nodes, fail).endings];
    for (const [symbol, to] of node.children)
      queue.push({ state: to, fail: better.get(symbol) ?? first[symbol] ?? 0 });
    for (const [symbol, to] of known) later.set(state * width + symbol, to);
    if (known.size > 0) deep[state] = 1;
  }
  return { first, later, deep };
}
