import { expect, test } from "bun:test";
import { fittingProjects } from "./asked.ts";

test("a project is named by its path, or by its last part where only one ends so", () => {
  const paths = ["/src/boat", "/src/quay", "/old/quay", "C:\\src\\pier", "/src/my-boat"];
  expect(fittingProjects("/src/quay", paths)).toEqual(["/src/quay"]);
  expect(fittingProjects("boat", paths)).toEqual(["/src/boat"]);
  expect(fittingProjects("boat/", paths)).toEqual(["/src/boat"]);
  expect(fittingProjects("pier", paths)).toEqual(["C:\\src\\pier"]);
  expect(fittingProjects("quay", paths)).toEqual(["/src/quay", "/old/quay"]);
  expect(fittingProjects("oat", paths)).toEqual([]);
  expect(fittingProjects("", paths)).toEqual([]);
});
