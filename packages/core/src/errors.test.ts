import { expect, test } from "bun:test";
import { failureOf, invariant, VerbatimError } from "./errors.ts";

test("a failure keeps its cause and its facts", () => {
  const cause = new Error("ECONNREFUSED");
  const error = new VerbatimError("postgres_unreachable", "postgres did not answer", {
    cause,
    facts: { attempt: 3 },
  });
  expect(error.cause).toBe(cause);
  expect(error.facts).toEqual({ attempt: 3 });
  expect(failureOf(error.code).retry).toBe("later");
});

test("a broken invariant says which promise was broken", () => {
  expect(() => invariant(false, "positions only grow")).toThrow("positions only grow");
});
