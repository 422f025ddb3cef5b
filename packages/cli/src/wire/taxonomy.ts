/** `verbatim taxonomy`: which domains hold here, and whether a file of one's own is whole. */
import { hash } from "node:crypto";
import { join, resolve } from "node:path";
import { FILES, STANDARD_TAXONOMY, type Taxonomy, taxonomyId, VerbatimError } from "@verbatim/core";
import { loadTaxonomy, taxonomyAt } from "@verbatim/drivers/files";
import { countText } from "../render/text.ts";
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
  const taxonomy = options.standard === true ? STANDARD_TAXONOMY : await loadTaxonomy(path);
  surface.out(`${JSON.stringify(taxonomy, null, options.json === true ? 0 : 2)}\n`);
}

export async function checkTaxonomy(
  file: string | undefined,
  options: Global,
  surface: Surface,
): Promise<void> {
  const path = file === undefined ? join(options.home, FILES.taxonomy) : resolve(file);
  const taxonomy = await taxonomyAt(path);
  if (taxonomy === null)
    throw new VerbatimError(
      "not_found",
      file === undefined
        ? `${path} is not there or empty, so the standard taxonomy holds; begin your own: verbatim taxonomy show > ${path}`
        : `${path} is not there, or empty`,
    );
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
