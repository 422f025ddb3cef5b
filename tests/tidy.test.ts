/**
 * House rules no linter knows: files say what lives there, stay small, have
 * names that mean something; promises have a test and a mutant; nothing of a
 * machine is in the tree.
 */
import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const LINES_MAX = 300;
const VAGUE = /^(utils?|helpers?|common|misc|manager|service|base|shared)$/;

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
});
const files = listed.split("\n").filter((file) => file !== "");
const texts = new Map(
  files
    .filter((file) => /[.](ts|mjs|lua|md|json|yml|toml)$/.test(file))
    .map((file) => [file, readFileSync(join(ROOT, file), "utf8")]),
);
const code = [...texts].filter(([file]) => /[.]ts$/.test(file));
const product = code.filter(
  ([file]) => file.startsWith("packages/") && file.includes("/src/") && !/[.]test[.]ts$/.test(file),
);
const tests = code.filter(([file]) => /[.](test|contract)[.]ts$/.test(file));

test("every file of the product opens by saying what lives there", () => {
  expect(product.filter(([, text]) => !text.startsWith("/**")).map(([file]) => file)).toEqual([]);
});

test("no file is longer than a person reads in one go", () => {
  const long = code.filter(([, text]) => text.split("\n").length > LINES_MAX + 1);
  expect(long.map(([file]) => file)).toEqual([]);
});

test("names say what is in a file", () => {
  const vague = files.filter((file) =>
    basename(file)
      .replace(/[.].*$/, "")
      .split("-")
      .some((word) => VAGUE.test(word)),
  );
  expect(vague).toEqual([]);
  const doors = files.filter((file) => /packages[/]drivers[/]src[/].*index[.]ts$/.test(file));
  expect(doors.every((file) => file.split("/").length === 5)).toBe(true);
});

test("titles of tests are unique in their file", () => {
  const repeated = tests.flatMap(([file, text]) => {
    const titles = [...text.matchAll(/^\s*test\("([^"]+)"/gm)].map(([, title]) => title);
    return titles
      .filter((title, at) => titles.indexOf(title) !== at)
      .map((title) => `${file}: ${title}`);
  });
  expect(repeated).toEqual([]);
});

test("every promise has a test that says its number, and a mutant that breaks it", () => {
  const promised = new Set(
    product.flatMap(([, text]) =>
      [...text.matchAll(/^ [*] {3}([A-Z]\d+) {2,}\S/gm)].map(([, number]) => number ?? ""),
    ),
  );
  const titles = tests.map(([, text]) => text).join("\n");
  const mutants = code
    .filter(([file]) => file.startsWith("scripts/mutants/"))
    .map(([, text]) => text)
    .join("\n");
  const untested = [...promised].filter(
    (number) => !new RegExp(`test\\(\\s*["\`]${number}:`).test(titles),
  );
  const unbroken = [...promised].filter((number) => !mutants.includes(`promise: "${number}"`));
  expect({ untested, unbroken }).toEqual({ untested: [], unbroken: [] });
  expect(promised.size).toBeGreaterThan(20);
});

test("nothing is left for later, and nothing is waved through", () => {
  const marks = new RegExp(
    [
      "TO" + "DO",
      "FIX" + "ME",
      "X" + "XX",
      "not " + "implemented",
      "coming " + "soon",
      "test[.](skip|todo|only)",
      "as a" + "ny\\b",
      "@ts-" + "(ignore|expect)",
    ].join("|"),
  );
  expect(
    code.filter(([, text]) => marks.test(text.replaceAll('"todo', ""))).map(([file]) => file),
  ).toEqual([]);
});

test("no path of a machine is in the tree", () => {
  const paths = new RegExp(["/wo" + "rk/", "/ro" + "ot/"].join("|"));
  expect([...texts].filter(([, text]) => paths.test(text)).map(([file]) => file)).toEqual([]);
});

test("links between documents lead somewhere", () => {
  const broken = [...texts]
    .filter(([file]) => file.endsWith(".md"))
    .flatMap(([file, text]) =>
      [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => join(file, "..", target ?? ""))
        .filter(
          (target) =>
            !files.some((one) => one === target || one.startsWith(target.replace(/[/]?$/, "/"))),
        )
        .map((target) => `${file} -> ${target}`),
    );
  expect(broken).toEqual([]);
});
