/** `verbatim threads`: what belongs together, asked of what runs. */
import type { ThreadsAnswer } from "@verbatim/api/contract";
import { clientOf } from "../client.ts";
import { threadsText } from "../render/analytics.ts";
import type { Surface } from "../surface.ts";
import { askedOf, type Filters } from "./asked.ts";

type ThreadsOptions = Filters & {
  readonly gap: number;
  readonly window: number;
  readonly minMessages?: number;
  readonly minDuration?: number;
};

export async function threads(
  session: string | undefined,
  options: ThreadsOptions,
  surface: Surface,
): Promise<void> {
  const client = clientOf(options, surface);
  const asked = await askedOf(session === undefined ? options : { ...options, session }, client);
  const answer = await client.get<ThreadsAnswer>("/v1/analytics/threads", {
    ...asked,
    gap_minutes: options.gap,
    window_minutes: options.window,
    min_messages: options.minMessages,
    min_minutes: options.minDuration,
  });
  if (options.json === true) return surface.out(`${JSON.stringify(answer, null, 2)}\n`);
  if (answer.threads.length === 0)
    return surface.out(
      answer.messages === 0
        ? "nothing was said there yet; verbatim sessions lists what is recorded\n"
        : "no thread is that long; a smaller --min-messages or --min-duration shows more\n",
    );
  surface.out(threadsText(answer, surface));
}
