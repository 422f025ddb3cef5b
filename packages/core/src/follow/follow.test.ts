/** Hearing a file, on a disk in memory: what was heard is the file, whatever happens to it. */
import { describe, expect, test } from "bun:test";
import { aWorld, bytesOf, FILE, LONG, newest, ROOT, restored } from "../testing/follow-world.ts";
import type { MemoryDisk } from "../testing/memory-disk.ts";
import { importPaths } from "./importing.ts";

describe("following a file", () => {
  test("T4: a file is heard line by line, and its records laid end to end are the file", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\r\n\n\n{"b":"\0"}\n'));
    await world.hear();
    expect(world.journal.entries.map((one) => one.key)).toEqual([
      "a/s.jsonl#1@0",
      "a/s.jsonl#1@9",
      "a/s.jsonl#1@10",
      "a/s.jsonl#1@11",
    ]);
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  test("T4: bytes that are no text are heard as they are", async () => {
    const world = await aWorld();
    world.disk.append(FILE, Uint8Array.from([0xff, 0xfe, 10, 0, 0xc3, 10]));
    await world.hear();
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  test("T4: a line longer than a batch, and many lines of one byte, are heard whole", async () => {
    const world = await aWorld();
    const long = new Uint8Array(5 * 1024 * 1024).fill(120);
    long[long.length - 1] = 10;
    world.disk.append(FILE, bytesOf("{}\n"));
    world.disk.append(FILE, long);
    world.disk.append(FILE, new Uint8Array(20_000).fill(10));
    await world.hear();
    expect(world.journal.entries.length).toBe(20_002);
    expect(world.journal.entries[1]?.raw.length).toBe(long.length);
    expect(newest(world)?.length).toBe(world.disk.bytesOf(FILE).length);
  }, 30_000);

  test("T7: hearing again with nothing new appends nothing and reads nothing", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    const read = world.disk.bytesRead();
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
    expect(world.disk.bytesRead()).toBe(read);
  });

  test("T7: a file that was only touched is not heard again", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.rewrite(FILE, world.disk.bytesOf(FILE));
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
  });

  test("T6: what is appended goes on in the same generation, reading only what is new and its neighbours", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const read = world.disk.bytesRead();
    world.disk.append(FILE, bytesOf('{"new":1}\n'));
    await world.hear();
    expect(world.journal.entries.at(-1)?.key).toBe(`a/s.jsonl#1@${LONG.length}`);
    expect(world.disk.bytesRead() - read).toBeLessThan(2000);
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  const changes: readonly (readonly [string, (disk: MemoryDisk) => void])[] = [
    ["cut to nothing", (disk) => disk.truncate(FILE, 0)],
    ["cut in the middle of a line", (disk) => disk.truncate(FILE, 7)],
    ["cut and written on", (disk) => disk.rewrite(FILE, bytesOf('{"other":1}\n'))],
    [
      "replaced by another",
      (disk) =>
        disk.replace(
          FILE,
          LONG.map((byte) => byte ^ 1),
        ),
    ],
    ["changed in its first line", (disk) => disk.rewrite(FILE, LONG.with(3, 65))],
    ["changed in its middle", (disk) => disk.rewrite(FILE, LONG.with(LONG.length / 2, 65))],
    [
      "rewritten longer with the same beginning",
      (disk) => disk.rewrite(FILE, Uint8Array.from([...LONG.subarray(0, 5000), 65, ...LONG])),
    ],
  ];
  for (const [what, change] of changes) {
    for (const restarted of [false, true]) {
      test(`T6: a file that was ${what} is a new generation${restarted ? ", also when that happened while nobody looked" : ""}`, async () => {
        const world = await aWorld();
        world.disk.append(FILE, LONG);
        await world.hear();
        await world.hearer.save();
        if (restarted) await world.restart();
        change(world.disk);
        await world.hear(FILE, true);
        const files = restored(world.journal.entries);
        expect(files.get("a/s.jsonl#1")).toEqual(LONG);
        const now = world.disk.bytesOf(FILE);
        expect(files.get("a/s.jsonl#2")).toEqual(now.length === 0 ? undefined : now);
        world.disk.append(FILE, bytesOf('{"after":1}\n'));
        await world.hear();
        expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
      });
    }
  }

  test("T6: a longer copy put in the file's place goes on where the file ended", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.replace(FILE, Uint8Array.from([...LONG, ...bytesOf('{"more":1}\n')]));
    await world.hear();
    expect(world.journal.entries.slice(length).map((one) => one.key)).toEqual([
      `a/s.jsonl#1@${LONG.length}`,
    ]);
  });

  test("T6: a file that went and came back the same is known; one that came back different is new", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.remove(FILE);
    expect((await world.hear()).kind).toBe("gone");
    world.disk.append(FILE, LONG);
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
    world.disk.replace(FILE, bytesOf('{"b":1}\n'));
    await world.hear();
    expect(world.journal.entries.at(-1)?.key).toBe("a/s.jsonl#2@0");
  });

  test("a file that was moved is heard under its new path, and both give their bytes back", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    world.disk.rename(FILE, `${ROOT}/b.jsonl`);
    world.disk.append(`${ROOT}/b.jsonl`, bytesOf('{"b":1}\n'));
    await world.hear(`${ROOT}/b.jsonl`);
    const files = restored(world.journal.entries);
    expect(files.get("a/s.jsonl#1")).toEqual(LONG);
    expect(files.get("b.jsonl#1")).toEqual(world.disk.bytesOf(`${ROOT}/b.jsonl`));
  });

  test("T9: a partial last line is held at every byte, and recorded once it is whole", async () => {
    const line = bytesOf('{"a":"é"}\n');
    for (let cut = 1; cut < line.length; cut += 1) {
      const world = await aWorld();
      world.disk.append(FILE, bytesOf("{}\n"));
      world.disk.append(FILE, line.subarray(0, cut));
      const heeded = await world.hear();
      expect(heeded).toMatchObject({ kind: "heard", recordsNew: 1, behind: cut });
      world.disk.append(FILE, line.subarray(cut));
      await world.hear();
      expect(world.journal.entries.length).toBe(2);
      expect(world.journal.entries[1]?.raw).toEqual(line);
    }
  });

  test("T9: an unfinished line is recorded at rest, and again under the same name when it is finished", async () => {
    for (const restarted of [false, true]) {
      const world = await aWorld();
      world.disk.append(FILE, bytesOf('{}\n{"a":'));
      await world.hear(FILE, true);
      expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
      await world.hear(FILE, true);
      expect(world.journal.entries.length).toBe(2);
      if (restarted) await world.restart();
      world.disk.append(FILE, bytesOf("1}\n{}\n"));
      await world.hear();
      expect(world.journal.entries.map((one) => one.key)).toEqual(
        ["a/s.jsonl#1@0", "a/s.jsonl#1@3", "a/s.jsonl#1@3", "a/s.jsonl#1@9"].map((key, index) =>
          index === 3 ? "a/s.jsonl#1@11" : key,
        ),
      );
      expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
    }
  });

  test("H1: hearing a file again from its beginning gives every record the same name", async () => {
    const names = async (): Promise<string[]> => {
      const world = await aWorld();
      world.disk.append(FILE, LONG);
      await world.hear();
      return world.journal.entries.map((one) => `${one.source} ${one.key}`);
    };
    const first = await names();
    expect(await names()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });

  test("T8: a file that may not be read is named, and heard when it may", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.disk.forbid(FILE, true);
    expect((await world.hear()).kind).toBe("unreadable");
    world.disk.forbid(FILE, false);
    await world.hear();
    expect(newest(world)).toEqual(LONG);
  });

  test("T3: when the journal refuses, nothing counts as heard, and it is heard later", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.journal.refuse(1);
    await expect(world.hear()).rejects.toThrow("no room");
    expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end ?? 0).toBe(0);
    await world.hear();
    expect(newest(world)).toEqual(LONG);
  });

  test("T3: a cursor does not pass an append that was refused between two that were not", async () => {
    const world = await aWorld();
    const many = new Uint8Array(9_000_000).map((_, index) => (index % 500 === 499 ? 10 : 120));
    world.disk.append(FILE, many);
    world.journal.refuse(1);
    await expect(world.hear()).rejects.toThrow("no room");
    // Nothing was recorded behind what was refused: that would be the end of a file without its beginning.
    expect(world.journal.entries.length).toBe(0);
    await world.hear();
    expect(newest(world)?.length).toBe(many.length);
    await world.restart();
    const { length } = world.journal.entries;
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
  });

  test("two files of one name below two roots each give their own bytes back", async () => {
    const world = await aWorld();
    const other = "/other/a/s.jsonl";
    world.disk.append(FILE, bytesOf('{"a":1}\n'));
    world.disk.append(other, bytesOf('{"b":1}\n'));
    await importPaths(world.hearer, { paths: [ROOT, "/other"], source: "claude-code" });
    world.disk.append(FILE, bytesOf('{"a":2}\n'));
    world.disk.append(other, bytesOf('{"b":2}\n'));
    await importPaths(world.hearer, { paths: [ROOT, "/other"], source: "claude-code" });
    const files = [...restored(world.journal.entries).values()].map((bytes) => bytes.join());
    expect(files.toSorted()).toEqual(
      [world.disk.bytesOf(FILE).join(), world.disk.bytesOf(other).join()].toSorted(),
    );
  });

  test("with source auto a file waits until it tells what it is, and stays what it was", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":'));
    expect((await world.hear(FILE, false, "auto")).kind).toBe("unknown");
    expect(await world.hear(FILE, true, "auto")).toMatchObject({ source: "jsonl" });
    world.disk.append(FILE, bytesOf("1}\n"));
    await world.restart();
    expect(await world.hear(FILE, true, "auto")).toMatchObject({ source: "jsonl" });
  });
});
