/** Precision, recall and F1 of answers against labels. */

/** For one message: what it is, and what was answered; a label each, or several. */
export type Judged = { readonly right: readonly string[]; readonly said: readonly string[] };

export type Figures = {
  readonly label: string;
  /** How many messages have the label. */
  readonly count: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
};

/** The figures of each label, in their order. */
export function figuresOf(
  judged: readonly Judged[],
  labels: readonly string[],
): readonly Figures[] {
  return labels.map((label) => {
    const right = judged.filter((one) => one.right.includes(label)).length;
    const said = judged.filter((one) => one.said.includes(label)).length;
    const both = judged.filter(
      (one) => one.right.includes(label) && one.said.includes(label),
    ).length;
    const precision = said === 0 ? 0 : both / said;
    const recall = right === 0 ? 0 : both / right;
    const f1 = both === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    return { label, count: right, precision, recall, f1 };
  });
}

/** Every label counts the same, however rare it is. */
export function macroOf(figures: readonly Figures[]): number {
  return figures.reduce((sum, { f1 }) => sum + f1, 0) / figures.length;
}
