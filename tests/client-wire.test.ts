/** The client's table of the API against the server's own description of itself. */
import { expect, test } from "bun:test";
import { appOf, jsonOf } from "../packages/api/src/testing/requests.ts";
import { type Described, differences, tableIn } from "./world/wire.ts";

test("R6: every route, parameter and field of the client is in the server's description", async () => {
  const described = await jsonOf<Described>(appOf().request("/openapi.json"));
  const table = tableIn("packages/client/src/wire.ts", "Wire");
  expect(differences(table, described)).toEqual([]);
  expect(table.routes.size).toBeGreaterThan(7);
}, 60_000);
