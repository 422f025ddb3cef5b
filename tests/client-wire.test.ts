/** The client's table of the API against the server's own description of itself. */
import { expect, test } from "bun:test";
import { appOf, jsonOf } from "../packages/api/src/testing/requests.ts";
import type { Wire } from "../packages/client/src/wire.ts";
import { type Described, differences, tableIn } from "./world/wire.ts";

/** The table's name, as the file exports it. */
const TABLE: keyof { readonly Wire: Wire } = "Wire";

test("R16: every route, parameter and field of the client is in the server's description", async () => {
  const described = await jsonOf<Described>(appOf().request("/openapi.json"));
  const table = tableIn("packages/client/src/wire.ts", TABLE);
  expect(differences(table, described)).toEqual([]);
  expect(table.routes.size).toBeGreaterThan(7);
}, 60_000);
