/**
 * Asking ahead: what a page will ask is asked while somebody is about to go
 * there, so that it has come when he does.
 *
 *   B44  What was asked ahead is given once, and only for a moment: who comes
 *        later is told what holds then.
 */
import { ask } from "./server.ts";

/** From pointing at something to being there. */
const FRESH_MS = 2000;

type Coming = { readonly askedAt: number; readonly answer: Promise<unknown> };

export type Ahead = {
  /** Asks these now, unless they were just now; while others are on their way, nothing. */
  readonly prepare: (urls: readonly string[]) => void;
  /** The answer, asked ahead or asked now. */
  readonly ask: <Answer>(url: string) => Promise<Answer>;
};

/** Nothing is asked yet. */
export function openAhead(asking: (url: string) => Promise<unknown>, now: () => number): Ahead {
  const coming = new Map<string, Coming>();
  let underWay = 0;
  const isFresh = ({ askedAt }: Coming): boolean => now() - askedAt < FRESH_MS;
  const begin = (url: string): void => {
    const answer = asking(url);
    coming.set(url, { askedAt: now(), answer });
    underWay += 1;
    const end = (): void => {
      underWay -= 1;
    };
    // A refusal is for whoever takes it.
    answer.then(end, end);
  };
  return {
    prepare: (urls) => {
      for (const [url, one] of coming) if (!isFresh(one)) coming.delete(url);
      if (underWay > 0) return;
      for (const url of urls) if (!coming.has(url)) begin(url);
    },
    ask: async <Answer>(url: string): Promise<Answer> => {
      const one = coming.get(url);
      coming.delete(url);
      return (await (one !== undefined && isFresh(one) ? one.answer : asking(url))) as Answer;
    },
  };
}

/** Of this page. */
export const ahead: Ahead = openAhead(
  (url) => ask(url),
  () => performance.now(),
);
