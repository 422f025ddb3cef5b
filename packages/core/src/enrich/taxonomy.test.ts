import { expect, test } from "bun:test";
import { enricherOf } from "./enricher.ts";
import { parseTaxonomy, STANDARD_TAXONOMY } from "./taxonomy.ts";

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
  const chain = (text: string): string =>
    enrich(
      {
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
      },
      () => "",
    ).chain_type;
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
