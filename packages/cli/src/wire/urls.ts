/** Where Redis and Postgres are: of the environment, or of what last ran on this home. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "@verbatim/core";
import type { Global, Surface } from "../surface.ts";

export type Urls = { readonly redis: string; readonly database: string };

/** Null where nothing has run and nothing is set. */
export function urlsOf(options: Global, surface: Surface): Urls | null {
  const given = { redis: surface.env["REDIS_URL"], database: surface.env["DATABASE_URL"] };
  try {
    const found: unknown = JSON.parse(
      readFileSync(join(options.home, FILES.run, "urls.json"), "utf8"),
    );
    if (isUrls(found))
      return {
        redis: given.redis ?? found.redis_url,
        database: given.database ?? found.database_url,
      };
  } catch {
    // Nothing has run here.
  }
  return given.redis === undefined || given.database === undefined
    ? null
    : { redis: given.redis, database: given.database };
}

function isUrls(
  found: unknown,
): found is { readonly redis_url: string; readonly database_url: string } {
  return (
    typeof found === "object" &&
    found !== null &&
    "redis_url" in found &&
    "database_url" in found &&
    typeof found.redis_url === "string" &&
    typeof found.database_url === "string"
  );
}
