/** `verbatim score`: asked of what runs; `--classic` reads files or the journal alone. */
import type { ScoreAnswer } from "@verbatim/api/contract";
import { VerbatimError } from "@verbatim/core";
import { clientOf } from "../client.ts";
import { refuse } from "../options.ts";
import { scoreText } from "../render/analytics.ts";
import type { Surface } from "../surface.ts";
import { askedOf, type Filters } from "./asked.ts";
import { classic } from "./classic.ts";

type ScoreOptions = Filters & { readonly classic?: boolean };

export async function score(
  files: readonly string[],
  options: ScoreOptions,
  surface: Surface,
): Promise<void> {
  if (options.classic === true)
    refuse(
      options,
      ["since", "until", "project", "speaker", "session"],
      "the classic formula has no filters, it is of all rows",
    );
  if (options.classic === true) return await classic(files, options, surface);
  if (files.length > 0)
    throw new VerbatimError(
      "usage",
      "files are read with --classic only: verbatim score --classic FILE",
    );
  const client = clientOf(options, surface);
  const answer = await client.get<ScoreAnswer>(
    "/v1/analytics/score",
    await askedOf(options, client),
  );
  if (options.json === true) return surface.out(`${JSON.stringify(answer, null, 2)}\n`);
  surface.out(scoreText(answer, surface));
}
