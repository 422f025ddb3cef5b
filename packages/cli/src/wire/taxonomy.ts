/** `verbatim taxonomy`: which domains hold here, and whether a file of one's own is whole. */
import { hash } from "node:crypto";
import { join, resolve } from "node:path";
import { FILES, STANDARD_TAXONOMY, type Taxonomy, taxonomyId, VerbatimError } from "@verbatim/core";
import { loadTaxonomy, readTaxonomyAt } from "@verbatim/drivers/files";
import { countText, shown } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

/** The taxonomy as enriched messages name it. */
export function nameOf(taxonomy: Taxonomy): string {
  return taxonomyId(taxonomy, (data) => hash("sha256", data, "hex"));
}

export async function showTaxonomy(
  options: Global & { readonly standard?: boolean },
  surface: Surface,
): Promise<void> {
  const path = join(options.home, FILES.taxonomy);
  const taxonomy = options.standard === true ? STANDARD_TAXONOMY : await holding(path);
  surface.out(`${JSON.stringify(taxonomy, null, options.json === true ? 0 : 2)}\n`);
}

async function holding(path: string): Promise<Taxonomy> {
  try {
    return await loadTaxonomy(path);
  } catch (cause) {
    if (!(cause instanceof VerbatimError)) throw cause;
    const next = "the standard one to begin with: verbatim taxonomy show --standard";
    throw new VerbatimError(cause.code, `${cause.message}; ${next}`, { cause });
  }
}

/** The faults of a file, one a line. */
function faultsOf(path: string, why: string): VerbatimError {
  const lines = why.split("; ").map((fault) => `\n  - ${shown(fault)}`);
  return new VerbatimError("config_invalid", `${path} is no taxonomy yet:${lines.join("")}`);
}

export async function checkTaxonomy(
  file: string | undefined,
  options: Global,
  surface: Surface,
): Promise<void> {
  const path = file === undefined ? join(options.home, FILES.taxonomy) : resolve(file);
  const read = await readTaxonomyAt(path);
  if (read === null)
    throw new VerbatimError(
      "not_found",
      file === undefined
        ? `${path} is not there or empty, so the standard taxonomy holds; begin your own: verbatim taxonomy show > ${path}`
        : `${path} is not there, or empty`,
    );
  if (!read.ok) throw faultsOf(path, read.why);
  const taxonomy = read.value;
  const domains = Object.keys(taxonomy.domains);
  const terms = Object.values(taxonomy.domains).reduce(
    (sum, one) => sum + Object.keys(one.terms).length,
    0,
  );
  const id = nameOf(taxonomy);
  surface.out(
    options.json === true
      ? `${JSON.stringify({ file: path, taxonomy: id, domains, terms })}\n`
      : `${path} is whole: ${id}, ${domains.length} domains, ${countText(terms)} terms\n`,
  );
}
