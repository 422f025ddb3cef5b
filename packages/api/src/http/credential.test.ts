/** Whom a request is about: the key's own user, and nobody else's by any name. */
import { expect, test } from "bun:test";
import { type Credential, LOOPBACK, ownerName, userFor } from "./credential.ts";

function keyOf(tenant: string, user: string): Credential {
  const owner = ownerName(tenant, user);
  return { name: "k", tenant, owner, scopes: ["read"], via: "key" };
}

test("D3: a key of one user may name that user alone, and each tenant's ada is another", () => {
  const [home, acme, globex] = [
    keyOf("default", "ada"),
    keyOf("acme", "ada"),
    keyOf("globex", "ada"),
  ];
  expect([home, acme, globex].map((one) => userFor(one, undefined))).toEqual([
    "ada",
    "acme/ada",
    "globex/ada",
  ]);
  expect([home, acme, globex].map((one) => userFor(one, "ada"))).toEqual([
    "ada",
    "acme/ada",
    "globex/ada",
  ]);
  expect(userFor(acme, "acme/ada")).toBe("acme/ada");
  for (const [key, named] of [
    [home, "bob"],
    [home, "acme/ada"],
    [home, ""],
    [acme, "globex/ada"],
    [acme, "bob"],
    [globex, "acme/ada"],
  ] as const)
    expect(() => userFor(key, named)).toThrow("there is no user");
});

test("who may name anybody is about whom it names, else about local", () => {
  expect(userFor(LOOPBACK, "ada")).toBe("ada");
  expect(userFor(LOOPBACK, undefined)).toBe("local");
});
