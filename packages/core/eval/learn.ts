/**
 * Logistic regression over signs, with weights held small (L2) and steps that
 * shrink (AdaGrad). The first labels share one answer; each of the others is an
 * answer of its own and learns from the sentence that speaks loudest for it.
 * No chance in it: the order of the examples is always the same.
 */

/** A message as numbers: the signs of each sentence, of all together, and 1 for each label it has. */
export type Example = {
  readonly sentences: readonly (readonly number[])[];
  readonly all: readonly number[];
  readonly right: readonly number[];
};

/** Signs of fewer messages are not learnt. */
const SEEN_MIN = 3;
const ROUNDS = 15;
const RATE = 0.2;
/** How much weights are held small. */
const SHRINK = 1;
/** How much the loudest sentence is preferred to the others. */
const LOUDER = 2;
/** A sentence that counts less than this teaches nothing. */
const HEED_MIN = 0.02;

/** Label by label, the bias and the weight of each sign. */
export type Learnt = {
  readonly bias: readonly number[];
  readonly weights: readonly Float64Array[];
};

/** What examples of `wide` signs teach about `labels` labels, the first `sharing` of which exclude each other. */
export function learnt(
  examples: readonly Example[],
  wide: number,
  sharing: number,
  labels: number,
): Learnt {
  const seen = countsOf(examples, wide);
  const known = (ids: readonly number[]): readonly number[] =>
    ids.filter((id) => (seen[id] ?? 0) >= SEEN_MIN);
  const lessons = examples.map(({ sentences, all, right }) => ({
    sentences: sentences.map(known),
    all: known(all),
    right,
  }));
  const pupils = Array.from({ length: labels }, () => pupilOf(seen));
  const together = pupils.slice(0, sharing);
  const alone = pupils.slice(sharing);
  const next = shuffler();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { sentences, all, right } of next(lessons)) {
      teachTogether(together, all, right);
      for (const [label, pupil] of alone.entries())
        teach(pupil, sentences, right[sharing + label] ?? 0);
    }
  }
  return {
    bias: pupils.map(({ weights }) => weights[wide] ?? 0),
    weights: pupils.map(({ weights }) => weights.subarray(0, wide)),
  };
}

/** One label's weights while they are learnt; the bias after the last sign. */
type Pupil = {
  readonly weights: Float64Array;
  readonly says: (ids: readonly number[]) => number;
  /** Corrects the weights of these signs, by how far off the answer was. */
  readonly learn: (ids: readonly number[], off: number) => void;
};

function pupilOf(seen: Int32Array): Pupil {
  const bias = seen.length;
  const weights = new Float64Array(bias + 1);
  const paces = new Float64Array(bias + 1).fill(1e-6);
  const step = (id: number, gradient: number): void => {
    const pace = (paces[id] ?? 0) + gradient * gradient;
    paces[id] = pace;
    weights[id] = (weights[id] ?? 0) - (RATE * gradient) / Math.sqrt(pace);
  };
  return {
    weights,
    says: (ids) => ids.reduce((sum, id) => sum + (weights[id] ?? 0), weights[bias] ?? 0),
    learn: (ids, off) => {
      for (const id of ids) step(id, off + (SHRINK / (seen[id] ?? 1)) * (weights[id] ?? 0));
      step(bias, off);
    },
  };
}

function teachTogether(
  pupils: readonly Pupil[],
  all: readonly number[],
  right: readonly number[],
): void {
  const said = sharesOf(pupils.map(({ says }) => says(all)));
  for (const [label, { learn }] of pupils.entries())
    learn(all, (said[label] ?? 0) - (right[label] ?? 0));
}

function teach({ says, learn }: Pupil, sentences: Example["sentences"], right: number): void {
  const sums = sentences.map(says);
  const heed = sharesOf(sums.map((sum) => sum * LOUDER));
  const sum = sums.reduce((all, one, at) => all + one * (heed[at] ?? 0), 0);
  const off = 1 / (1 + Math.exp(-sum)) - right;
  for (const [at, share] of heed.entries())
    if (share > HEED_MIN) learn(sentences[at] ?? [], off * share);
}

function countsOf(examples: readonly Example[], wide: number): Int32Array {
  const counts = new Int32Array(wide);
  for (const { all } of examples) for (const id of all) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

function sharesOf(sums: readonly number[]): readonly number[] {
  const most = Math.max(...sums);
  const parts = sums.map((sum) => Math.exp(sum - most));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / all);
}

/** Another order each time, the same ones for everybody. */
function shuffler(): <T>(all: readonly T[]) => readonly T[] {
  let seed = 7;
  const chance = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed;
  };
  return (all) =>
    all
      .map((one) => ({ one, at: chance() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ one }) => one);
}
