/** The taxonomy of a home, as it may lie there. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STANDARD_TAXONOMY, VerbatimError } from "@verbatim/core";
import { loadTaxonomy, taxonomyAt } from "./taxonomy.ts";

const folder = mkdtempSync(join(tmpdir(), "verbatim-taxonomy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refused(path: string): Promise<VerbatimError> {
  const error = await loadTaxonomy(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof VerbatimError) return error;
  throw new Error(`${path} was taken`);
}

test("without a file, and while a shell has only begun one, the standard taxonomy holds", async () => {
  expect(await loadTaxonomy(join(folder, "none.json"))).toBe(STANDARD_TAXONOMY);
  expect(await loadTaxonomy(aFile("begun.json", ""))).toBe(STANDARD_TAXONOMY);
  expect(await taxonomyAt(join(folder, "none.json"))).toBeNull();
});

test("a taxonomy of one's own holds", async () => {
  const own = { name: "boats", version: 3, domains: { hulls: { about: "", terms: { hull: 2 } } } };
  expect(await loadTaxonomy(aFile("own.json", JSON.stringify(own, null, 2)))).toEqual(own);
});

test("a broken one is refused with the file, the place and what to do", async () => {
  const syntax = aFile("syntax.json", '{\n  "name": boats\n}');
  const version = aFile("version.json", '{"name":"boats","version":0,"domains":{}}');
  const within = join(folder, "folder.json");
  mkdirSync(within);
  for (const [path, place] of [
    [syntax, "line 2, column 11"],
    [version, "version: "],
    [version, "domains: must name a domain"],
    [within, "EISDIR"],
  ] as const) {
    const { code, message } = await refused(path);
    expect(code).toBe("config_invalid");
    for (const said of [path, place, "verbatim taxonomy check", "move it away"])
      expect(message).toContain(said);
  }
});
