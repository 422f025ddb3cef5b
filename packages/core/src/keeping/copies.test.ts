/** When a file counts as copied, what is copied again, and what goes. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  type CopyNote,
  copyNoteOf,
  copyOne,
  onlyThere,
  type SealedFile,
  tidyCopies,
  toCopy,
} from "./copies.ts";

const AT = "2026-02-01T00:00:00.000Z";
const sealed = (name: string, bytes = 3): SealedFile => ({
  name,
  path: name,
  bytes,
  changed_at: AT,
});
const A = sealed("journal/archive/a.jsonl");
const B = sealed("checkpoints/b.json");
const INDEX = sealed("checkpoints/index.json");

/** A place in memory; `spoil` is what it does to what it is given. */
function world(spoil: (text: string) => string = (text) => text) {
  const there = new Map<string, string>();
  const done: string[] = [];
  /** Files that are not as they were sealed. */
  const damaged = new Set<string>();
  let note: CopyNote = copyNoteOf(null, "there");
  const digestOf = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
    const hash = createHash("sha256");
    for await (const piece of bytes) hash.update(piece);
    return hash.digest("hex");
  };
  async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  const ports = {
    place: {
      name: "there",
      put: async (name: string, path: string): Promise<void> => {
        done.push(`put ${name}`);
        there.set(name, spoil(path));
      },
      read: async (name: string) => {
        const text = there.get(name);
        return text === undefined ? null : bytesOf(text);
      },
      list: async () => [...there.keys()],
      remove: async (name: string): Promise<void> => {
        done.push(`remove ${name}`);
        there.delete(name);
      },
    },
    load: async () => note,
    save: async (next: CopyNote): Promise<void> => {
      note = next;
    },
    digest: (path: string) => digestOf(bytesOf(path)),
    digestOf,
    fault: async ({ name }: SealedFile) => (damaged.has(name) ? "it was harmed" : null),
    now: () => AT,
  };
  return { ports, there, done, damaged, note: () => note };
}

test("C50: what is copied and unchanged is not copied again; what changed is; the index comes last", async () => {
  const { ports, done, note } = world();
  expect(toCopy([INDEX, A, B], note()).map(({ name }) => name)).toEqual([
    ...[B.name, A.name, INDEX.name],
  ]);
  for (const file of [A, B]) await copyOne(file, ports);
  expect(toCopy([A, B], note())).toEqual([]);
  expect(
    toCopy([{ ...A, changed_at: "2026-03-01T00:00:00.000Z" }, sealed(B.name, 4)], note()).length,
  ).toBe(2);
  expect(done).toEqual([`put ${A.name}`, `put ${B.name}`]);
});

test("C50: a copy that is there already is known by its bytes, and one that reads back differently does not count", async () => {
  const kept = world();
  await copyOne(A, kept.ports);
  await kept.ports.save(copyNoteOf(null, "there"));
  await copyOne(A, kept.ports);
  expect(kept.done).toEqual([`put ${A.name}`]);
  const bad = world((text) => `${text}x`);
  await expect(copyOne(A, bad.ports)).rejects.toThrow("reads back differently");
  expect(toCopy([A], bad.note())).toEqual([A]);
  expect(bad.note().problem).toContain("reads back differently");
});

test("C50: what is not here any more goes there, and not before all that is here is there", async () => {
  const { ports, there, note } = world();
  for (const file of [A, B]) await copyOne(file, ports);
  const compressed = sealed(`${A.name}.zst`);
  expect(await tidyCopies([compressed, B], ports)).toEqual([]);
  await copyOne(compressed, ports);
  expect(await tidyCopies([compressed, B], ports)).toEqual([A.name]);
  expect([...there.keys()]).toEqual([B.name, compressed.name]);
  expect(note()).toMatchObject({ whole_at: AT, problem: null });
  expect(await tidyCopies([], ports)).toEqual([]);
  expect(there.size).toBe(2);
});

test("V40: what is gone here in every form stays there, is named, and goes on being looked at", async () => {
  const { ports, there, done, note } = world();
  const small = sealed("checkpoints/c.json.zst");
  for (const file of [A, B, small]) await copyOne(file, ports);
  expect(await tidyCopies([B], ports)).toEqual([]);
  expect([...there.keys()]).toEqual([A.name, B.name, small.name]);
  expect(Object.keys(note().files)).toEqual([A.name, B.name, small.name]);
  expect(onlyThere([B], note())).toEqual([A.name, small.name]);
  const dropped = sealed(`${A.name}.dropped`);
  await copyOne(dropped, ports);
  expect(await tidyCopies([dropped, B], ports)).toEqual([A.name]);
  expect(onlyThere([dropped, B], note())).toEqual([small.name]);
  expect(done.filter((one) => one.startsWith("remove"))).toEqual([`remove ${A.name}`]);
});

test("C52: what is not as it was sealed replaces no copy of its name or of another form, and is said until it is", async () => {
  const { ports, there, done, damaged, note } = world();
  for (const file of [A, B]) await copyOne(file, ports);
  const harmed = { ...A, path: "other bytes", bytes: 11 };
  const small = { ...sealed(`${B.name}.zst`), path: "other bytes too" };
  damaged.add(A.name).add(small.name);
  for (const file of [harmed, small])
    await expect(copyOne(file, ports)).rejects.toThrow(`${file.name}: its copy in there stays`);
  await copyOne(INDEX, ports);
  expect(note().problem).toContain("here it is not as it was sealed: it was harmed");
  expect([...there.values()]).toEqual([A.path, B.path, INDEX.path]);
  damaged.clear();
  for (const file of [harmed, small]) await copyOne(file, ports);
  expect(done.slice(-2)).toEqual([`put ${A.name}`, `put ${small.name}`]);
  await tidyCopies([harmed, small, INDEX], ports);
  expect(note()).toMatchObject({ whole_at: AT, problem: null });
  // Where there is no copy at all, one with a damage is better than none.
  damaged.add("journal/archive/new.jsonl");
  await copyOne(sealed("journal/archive/new.jsonl"), ports);
  expect(there.has("journal/archive/new.jsonl")).toBe(true);
});

test("a note of another place, or a torn one, is of nothing", () => {
  const note = { to: "there", files: {}, whole_at: AT, problem: null };
  expect(copyNoteOf(JSON.stringify(note), "there").whole_at).toBe(AT);
  expect(copyNoteOf(JSON.stringify(note), "elsewhere").whole_at).toBe(null);
  expect(copyNoteOf('{"to":"th', "there").files).toEqual({});
});
