import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Message } from "../message/message.ts";
import { enricherOf } from "./enricher.ts";
import { parseTaxonomy, readTaxonomy, STANDARD_TAXONOMY, taxonomyId } from "./taxonomy.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

const said = (text: string): Message => ({
  id: "m",
  session_id: "s",
  source: "api",
  author: { name: "ada", role: "user" },
  said_at: "",
  heard_at: "",
  seq: 1,
  sub: 0,
  kind: "message",
  parts: [],
  text,
  meta: {},
});

const small = {
  name: "boats",
  version: 3,
  domains: {
    rigging: { about: "ropes", terms: { mast: 2, "standing rigging": 3 }, not: { "half mast": 1 } },
    hulls: { about: "hulls", terms: { hull: 2 }, paths: { "hulls/": 3, "*.stl": 2 } },
  },
  elsewhere: { weather: 3 },
};

test("the standard taxonomy is one, with the ten domains", () => {
  expect(parseTaxonomy(STANDARD_TAXONOMY).ok).toBe(true);
  expect(Object.keys(STANDARD_TAXONOMY.domains)).toHaveLength(10);
});

test("a taxonomy of one's own decides, and signs what it decided", () => {
  const read = parseTaxonomy(small);
  if (!read.ok) throw new Error(read.why);
  const enrich = enricherOf(read.value);
  const chain = (text: string): string => enrich(said(text), () => "").chain_type;
  expect(chain("the masts came down")).toBe("rigging");
  expect(chain("flags fly at half mast")).toBe("unclassified");
  expect(chain("see hulls/boat7.stl")).toBe("hulls");
  expect(chain("the mast in this weather")).toBe("unclassified");
  expect(chain("the unit tests")).toBe("unclassified");
});

test("what is wrong with a taxonomy is said with its place", () => {
  const wrong = (change: object): string => {
    const read = parseTaxonomy({ ...small, ...change });
    return read.ok ? "" : read.why;
  };
  const domains = (one: object): object => ({ domains: { ui: { about: "", terms: {}, ...one } } });
  expect(wrong({ version: 0 })).toStartWith("version: ");
  expect(wrong({ domains: {} })).toBe("domains: must name a domain");
  expect(wrong(domains({ terms: { button: "much" } }))).toStartWith("domains.ui.terms.button: ");
  expect(wrong(domains({ terms: { "…": 1 } }))).toBe("domains.ui.terms.…: must hold a word");
  expect(wrong(domains({ paths: { "a/b/c": 1 } }))).toStartWith(
    'domains.ui.paths.a/b/c: must be "folder/"',
  );
  expect(wrong({ domains: { "Big One": { about: "", terms: {} } } })).toBe(
    "domains.Big One: must be lower-case letters, digits and _",
  );
  expect(wrong({ domains: { unclassified: { about: "", terms: {} } } })).toContain(
    "no domain fits",
  );
  expect(parseTaxonomy("words").ok).toBe(false);
});

test("E5: equal rules have one name, and any other rule has another", () => {
  const id = taxonomyId(small, sha256);
  expect(id).toMatch(/^boats@3\+[0-9a-f]{8}\.r\d+$/);
  const { domains, name, ...rest } = small;
  expect(taxonomyId({ ...rest, domains, name }, sha256)).toBe(id);
  const { rigging, hulls } = domains;
  const heavier = { ...domains, hulls: { ...hulls, terms: { hull: 2.5 } } };
  for (const change of [{ version: 4 }, { domains: { rigging } }, { domains: heavier }])
    expect(taxonomyId({ ...small, ...change }, sha256)).not.toBe(id);
  expect(enricherOf(small)(said("the mast"), sha256).taxonomy).toBe(id);
});

test("a file that is no JSON is named with the line and the column", () => {
  const why = (text: string): string => {
    const read = readTaxonomy(text);
    return read.ok ? "" : read.why;
  };
  expect(readTaxonomy(`\ufeff${JSON.stringify(small)}`)).toEqual(
    readTaxonomy(JSON.stringify(small)),
  );
  expect(why('{"name": "boats",\n "version": three}')).toStartWith("line 2, column 13: ");
  expect(why('{"name": "boats",}')).toStartWith("line 1, column 18: ");
  expect(why('{"name" "boats"}')).toStartWith("line 1, column 9: ");
  expect(why('["a\n"]')).toStartWith("line 1, column 2: ");
  expect(why('{"domains": {"a": [1, 2}}')).toStartWith("line 1, column 24: ");
  expect(why('{"name": "boats"')).toStartWith("line 1, column 17: ");
  expect(why("{} {}")).toStartWith("line 1, column ");
  expect(why("")).toStartWith("line 1, column 1: ");
  expect(why("[".repeat(100_000))).toStartWith("line 1, column 101: ");
});
