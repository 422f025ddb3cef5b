/** Keys of a home: what is kept of them, what they open, and what a damaged file opens. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FILES, type KeyRing, type Log, type Scope } from "@verbatim/core";
import { addKey, digestOf, loadKeys, revokeKey } from "./file.ts";
import { keysUsed, openKeyRing } from "./ring.ts";

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "vb-keys-"));
  homes.push(home);
  return home;
}

const told: string[] = [];
const log: Log = {
  info: () => {},
  warn: () => {},
  error: (event) => void told.push(event),
};
const NOW = new Date("2026-11-21T10:00:00.000Z");
const wanted = (name: string, scopes: readonly Scope[] = ["read"]) => ({
  name,
  tenant: "default",
  owner: null,
  scopes,
  expires_at: null,
});

/** A ring with a clock that is moved by hand: each question comes two seconds later. */
async function ringOf(home: string): Promise<KeyRing & AsyncDisposable> {
  let time = NOW.getTime();
  const now = (): Date => {
    time += 2000;
    return new Date(time);
  };
  return await openKeyRing(home, { log, now });
}

test("D1: a key is kept as a digest, in a file of its owner alone, and its token nowhere", async () => {
  const home = newHome();
  const { key, token } = await addKey(home, wanted("phone"), NOW);
  expect(token).toMatch(/^vb_[\w-]{43}$/);
  const text = readFileSync(join(home, FILES.keys), "utf8");
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(3));
  expect(key.sha256).toBe(digestOf(token));
  expect(statSync(join(home, FILES.keys)).mode & 0o777).toBe(0o600);
  await using ring = await ringOf(home);
  expect(await ring.keyOf(token)).toEqual(key);
  for (const other of [key.sha256, token.slice(0, -1), `${token}x`, "", "vb_"])
    expect(await ring.keyOf(other)).toBeNull();
});

test("D1: an expired key is nobody's, and a revoked one", async () => {
  const home = newHome();
  const expires_at = new Date(NOW.getTime() + 9000).toISOString();
  const { token } = await addKey(home, { ...wanted("short"), expires_at }, NOW);
  await using ring = await ringOf(home);
  const opened: boolean[] = [];
  for (let asked = 0; asked < 6; asked += 1) opened.push((await ring.keyOf(token)) !== null);
  expect(opened[0]).toBe(true);
  expect(opened.at(-1)).toBe(false);
  const other = await addKey(home, wanted("other"), NOW);
  expect(await ring.keyOf(other.token)).not.toBeNull();
  await revokeKey(home, "other", NOW);
  expect(await ring.keyOf(other.token)).toBeNull();
});

test("D6: a revoked key opens nothing a second later, and a new one opens", async () => {
  const home = newHome();
  await using ring = await ringOf(home);
  expect(await ring.hasAny()).toBe(false);
  const { token } = await addKey(home, wanted("a"), NOW);
  expect(await ring.hasAny()).toBe(true);
  expect((await ring.keyOf(token))?.name).toBe("a");
  await revokeKey(home, "a", NOW);
  expect(await ring.keyOf(token)).toBeNull();
  expect(await ring.hasAny()).toBe(true);
});

test("D6: the first key shuts the door at once", async () => {
  const home = newHome();
  await using ring = await openKeyRing(home, { log, now: () => NOW });
  expect(await ring.hasAny()).toBe(false);
  const { token } = await addKey(home, wanted("a"), NOW);
  expect(await ring.hasAny()).toBe(true);
  expect((await ring.keyOf(token))?.name).toBe("a");
});

test("D6: who has just changed the keys need not wait a second", async () => {
  const home = newHome();
  await addKey(home, wanted("first"), NOW);
  await using ring = await openKeyRing(home, { log, now: () => NOW });
  const { token } = await addKey(home, wanted("a"), NOW);
  expect(await ring.keyOf(token)).toBeNull();
  await ring.refresh();
  expect((await ring.keyOf(token))?.name).toBe("a");
  await revokeKey(home, "a", NOW);
  await ring.refresh();
  expect(await ring.keyOf(token)).toBeNull();
});

test("D6: a file that is broken or gone opens nothing, and nobody may ask without a key again", async () => {
  const home = newHome();
  const { token } = await addKey(home, wanted("a"), NOW);
  const whole = readFileSync(join(home, FILES.keys), "utf8");
  await using ring = await ringOf(home);
  for (const broken of ["", "{", "[]", '{"v":2,"keys":[]}', whole.slice(0, -20)]) {
    writeFileSync(join(home, FILES.keys), broken);
    expect(await ring.keyOf(token)).toBeNull();
    expect(await ring.hasAny()).toBe(true);
    await expect(loadKeys(home)).rejects.toMatchObject({ code: "config_invalid" });
    await expect(addKey(home, wanted("b"), NOW)).rejects.toMatchObject({ code: "config_invalid" });
  }
  expect(told).toContain("keys_broken");
  writeFileSync(join(home, FILES.keys), whole);
  expect(await ring.keyOf(token)).not.toBeNull();
  rmSync(join(home, FILES.keys));
  expect(await ring.keyOf(token)).toBeNull();
  expect(await ring.hasAny()).toBe(true);
});

test("names are taken once, for good, and what cannot be a key is told with its reason", async () => {
  const home = newHome();
  await addKey(home, wanted("a"), NOW);
  await revokeKey(home, "a", NOW);
  await expect(addKey(home, wanted("a"), NOW)).rejects.toMatchObject({ code: "conflict" });
  await expect(revokeKey(home, "b", NOW)).rejects.toMatchObject({ code: "not_found" });
  for (const [wrong, why] of [
    [{ ...wanted("b"), tenant: "acme" }, "--owner"],
    [{ ...wanted("b", ["admin"]), owner: "ada" }, "admin"],
    [{ ...wanted("b"), owner: "acme/ada" }, "/"],
    [{ ...wanted("b c") }, "letters"],
    [{ ...wanted("b", []) }, "scopes"],
  ] as const)
    await expect(addKey(home, wrong, NOW)).rejects.toThrow(why);
  expect((await loadKeys(home)).map((one) => one.name)).toEqual(["a"]);
});

test("when a key was last used is known to the minute, also after a restart", async () => {
  const home = newHome();
  const { token } = await addKey(home, wanted("a"), NOW);
  {
    await using ring = await ringOf(home);
    await ring.keyOf(token);
  }
  expect((await keysUsed(home)).get("a")).toBe("2026-11-21T10:00:00Z");
});
