/** What the owner of a home sets over the API: keys, the taxonomy, rules of alerts. */
import { expect, test } from "bun:test";
import { STANDARD_TAXONOMY, type Taxonomy } from "@verbatim/core";
import type { AlertsAnswer, Problem } from "../contract.ts";
import type { KeyListing, KeyMade, PreviewAnswer, TaxonomyAnswer } from "../contract-settings.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const put = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  ...post(body, headers),
  method: "PUT",
});
const BOATS: Taxonomy = {
  name: "boats",
  version: 1,
  domains: { boats: { about: "boats", terms: { hello: 5, message: 5, text: 5 } } },
};

test("A31: a token is in the answer that made its key, and in nothing asked for later", async () => {
  const app = appOf();
  const once = { "idempotency-key": "k-1" };
  const asked = { name: "phone", scopes: ["read"] };
  const answer = await app.request("/v1/keys", post(asked, once));
  expect(answer.status).toBe(201);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const { token, key } = await jsonOf<KeyMade>(answer);
  expect(token).toBe("vb_token-1");
  expect(key).toMatchObject({ name: "phone", standing: "active", owner: null, last_used: null });
  expect(JSON.stringify(key)).not.toContain("dddd");
  const again = await app.request("/v1/keys", post(asked, once));
  expect(again.status).toBe(409);
  expect(await again.text()).not.toContain(token);
  const listed = await (await app.request("/v1/keys")).text();
  expect((JSON.parse(listed) as KeyListing).data.map(({ name }) => name)).toEqual(["phone"]);
  expect(listed).not.toContain(token);
  expect(listed).not.toContain("sha256");
});

test("a key is revoked by its name, stays in the list, and what cannot be one is told", async () => {
  const app = appOf();
  await app.request("/v1/keys", post({ name: "phone", scopes: ["read"] }));
  const gone = await app.request("/v1/keys/phone", { method: "DELETE" });
  expect(await gone.json()).toMatchObject({ name: "phone", standing: "revoked" });
  expect((await app.request("/v1/keys/other", { method: "DELETE" })).status).toBe(404);
  const wrong = await app.request("/v1/keys", post({ name: "a b", scopes: [] }));
  const { errors } = await jsonOf<Problem>(wrong);
  expect([wrong.status, errors?.map(({ path }) => path)]).toEqual([422, ["name", "scopes"]]);
});

test("A32: a taxonomy takes the place of the one its writer saw, and a broken one of none", async () => {
  const { ports, settings } = fakePorts();
  const app = appOf(ports);
  const first = await app.request("/v1/taxonomy");
  const etag = first.headers.get("etag") ?? "";
  expect(await jsonOf<TaxonomyAnswer>(first)).toMatchObject({ own: false });
  const broken = await app.request("/v1/taxonomy", put({ taxonomy: { ...BOATS, domains: {} } }));
  const { status, errors } = await jsonOf<Problem>(broken);
  expect([status, errors?.[0]?.path]).toEqual([422, "domains"]);
  expect(settings.file.taxonomy).toBeNull();
  const stale = await app.request("/v1/taxonomy", put({ taxonomy: BOATS }, { "if-match": '"x"' }));
  expect([stale.status, stale.headers.get("etag")]).toEqual([412, etag]);
  expect(settings.file.taxonomy).toBeNull();
  const away = { method: "DELETE", headers: { "if-match": '"x"' } };
  expect((await app.request("/v1/taxonomy", away)).status).toBe(412);
  const done = await app.request("/v1/taxonomy", put({ taxonomy: BOATS }, { "if-match": etag }));
  expect(await jsonOf<TaxonomyAnswer>(done)).toMatchObject({ own: true, taxonomy: BOATS });
  expect(settings.file.taxonomy).toEqual(BOATS);
  const back = await app.request("/v1/taxonomy", { method: "DELETE" });
  expect(await jsonOf<TaxonomyAnswer>(back)).toMatchObject({ own: false });
  expect(settings.file.taxonomy).toBeNull();
});

test("A33: a preview says what would change, and changes nothing", async () => {
  const { ports, settings } = fakePorts(9);
  const app = appOf(ports);
  const same = await jsonOf<PreviewAnswer>(
    app.request("/v1/taxonomy/preview", post({ taxonomy: STANDARD_TAXONOMY })),
  );
  expect(same).toMatchObject({ looked_at: 9, changed: 0, changes: [] });
  const other = await jsonOf<PreviewAnswer>(
    app.request("/v1/taxonomy/preview", post({ taxonomy: BOATS, messages: 5 })),
  );
  expect(other.looked_at).toBe(5);
  expect(other.changed).toBe(5);
  expect(other.changes[0]?.after.chain_type).toBe("boats");
  expect(other.domains.find(({ name }) => name === "boats")).toMatchObject({ before: 0, after: 5 });
  const sums = other.domains.reduce((sum, { after }) => sum + after, 0);
  expect(sums).toBe(5);
  expect(settings.file.taxonomy).toBeNull();
});

test("A34: writing and removing a rule changes no other and no webhook", async () => {
  const { ports, settings } = fakePorts();
  const app = appOf(ports);
  const webhook = { url: "https://example.org/hook", secret_env: "HOOK" };
  const others = [
    { name: "broken", metric: "no.such" },
    { name: "stuck", metric: "open.blocked", above: 3, webhook },
  ];
  settings.file.rules = JSON.stringify({ rules: others });
  const path = "/v1/analytics/alerts";
  await app.request(`${path}/stuck`, put({ metric: "open.blocked", above: 5, hours: 6 }));
  const made = await app.request(`${path}/quiet`, put({ metric: "total_messages", below: 1 }));
  const { data } = await jsonOf<AlertsAnswer>(made);
  expect(data.map(({ name, above, below, webhook: has }) => [name, above, below, has])).toEqual([
    ["stuck", 5, null, true],
    ["quiet", null, 1, false],
  ]);
  const kept = JSON.parse(settings.file.rules ?? "") as { readonly rules: readonly object[] };
  expect(kept.rules[0]).toEqual(others[0] ?? {});
  expect(kept.rules[1]).toEqual({
    name: "stuck",
    metric: "open.blocked",
    above: 5,
    hours: 6,
    webhook,
  });
  const wrong = await app.request(`${path}/odd`, put({ metric: "no.such", above: 1 }));
  expect((await jsonOf<Problem>(wrong)).detail).toContain("no.such");
  expect((await app.request(`${path}/none`, { method: "DELETE" })).status).toBe(404);
  await app.request(`${path}/stuck`, { method: "DELETE" });
  expect(
    JSON.parse(settings.file.rules ?? "").rules.map(({ name }: { name: string }) => name),
  ).toEqual(["broken", "quiet"]);
});
