/**
 * Reports in a folder. The JSON is written last and removed first, each file as
 * a whole: a report whose JSON is there is all there (R2).
 */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isReportId, newestReportFirst, type ReportFormat, type ReportShelf } from "@verbatim/core";
import { sweepParts } from "../process/leftovers.ts";
import { writeWhole } from "../process/write-whole.ts";
import { whenAbsent } from "./absent.ts";

/** The reports of this folder, which is made when the first is saved. */
export function openReportShelf(dir: string): ReportShelf {
  const pathOf = (id: string, format: ReportFormat): string => join(dir, `${id}.${format}`);

  async function ids(): Promise<readonly string[]> {
    const names = await readdir(dir).catch(whenAbsent<string[]>([]));
    return names
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .filter(isReportId)
      .toSorted(newestReportFirst);
  }

  return {
    ids,
    read: async (id, format) => {
      // A name from outside becomes a path here and nowhere else (R1).
      if (!isReportId(id)) return null;
      return await readFile(pathOf(id, format), "utf8").catch(whenAbsent(null));
    },
    sizes: async (id) => {
      if (!isReportId(id)) return null;
      const sizeOf = async (format: ReportFormat): Promise<number | null> =>
        await stat(pathOf(id, format)).then((one) => one.size, whenAbsent(null));
      const [json, md] = await Promise.all([sizeOf("json"), sizeOf("md")]);
      return json === null || md === null ? null : { json, md };
    },
    save: async (id, files) => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await sweepParts(dir);
      await writeWhole(pathOf(id, "md"), files.md);
      await writeWhole(pathOf(id, "json"), files.json);
    },
    remove: async (id) => {
      if (!isReportId(id)) return;
      await rm(pathOf(id, "json"), { force: true });
      await rm(pathOf(id, "md"), { force: true });
    },
  };
}
