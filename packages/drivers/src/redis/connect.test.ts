import { expect, test } from "bun:test";
import { VerbatimError } from "@verbatim/core";
import fc from "fast-check";
import { addressOf } from "./connect.ts";
import { named } from "./failures.ts";

test("a URL says where a Redis is and how to log in", () => {
  expect(addressOf("redis://")).toEqual({ host: "127.0.0.1", port: 6379, db: 0 });
  expect(addressOf("redis://ada:s%40fe@example.org:7000/3")).toEqual({
    host: "example.org",
    port: 7000,
    db: 3,
    username: "ada",
    password: "s@fe",
  });
  expect(addressOf("redis://[::1]:7000")).toMatchObject({ host: "::1", port: 7000 });
  expect(addressOf("rediss://example.org")).toMatchObject({ tls: {} });
  expect(addressOf("unix:///run/a%20b/redis.sock?password=x&db=2")).toEqual({
    path: "/run/a b/redis.sock",
    db: 2,
    password: "x",
  });
});

test("any password comes through a URL unharmed", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (password) => {
      const written = encodeURIComponent(password);
      expect(addressOf(`redis://:${written}@h/0`).password).toBe(password);
      expect(addressOf(`unix:///s?password=${written}`).password).toBe(password);
    }),
  );
});

test("a URL that cannot be used is refused by what is wrong with it, without its password", () => {
  for (const url of [
    "http://:hush@h",
    "//:hush@h",
    "redis://:hush@h/first",
    "unix:///s?password=hush&db=-1",
    "redis://:hush%@h",
  ]) {
    const refused = (() => {
      try {
        return addressOf(url);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(VerbatimError);
    expect(refused).toMatchObject({ code: "config_invalid" });
    expect(String(refused)).not.toContain("hush");
  }
});

test("M5: what Redis says about itself is never taken for something wrong with an entry", () => {
  const codes: readonly string[] = [
    "connect ECONNREFUSED 127.0.0.1:1",
    "Command timed out",
    "Connection is closed.",
    "LOADING Redis is loading the dataset in memory",
    "OOM command not allowed when used memory > 'maxmemory'. script: 0, on @user_script:12.",
    "MISCONF Redis is configured to save RDB snapshots",
    "READONLY You can't write against a read only replica.",
    "NOAUTH Authentication required.",
    "WRONGPASS invalid username-password pair",
    "WRONGTYPE Operation against a key holding the wrong kind of value script: 0",
    "ERR unknown command 'ZMSCORE'",
    "ERR DB index is out of range",
  ].map((text) => {
    const error = named(new Error(text));
    return error instanceof VerbatimError ? error.code : "none";
  });
  const away = Array.from({ length: 7 }, () => "redis_unreachable");
  const unfit = Array.from({ length: 5 }, () => "redis_unfit");
  expect(codes).toEqual([...away, ...unfit]);
  const other = new Error("ERR Protocol error: invalid bulk length");
  expect(named(other)).toBe(other);
});
