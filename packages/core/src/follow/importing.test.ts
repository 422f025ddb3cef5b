/** Recording existing files, once. */
import { describe, expect, test } from "bun:test";
import { aWorld, bytesOf, FILE, LONG, newest, ROOT } from "../testing/follow-world.ts";
import { importPaths } from "./importing.ts";

describe("importing", () => {
  test("an import says what it did, and doing it again adds nothing", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}'));
    world.disk.append(`${ROOT}/b.jsonl`, bytesOf('{"b":1}\n'));
    const job = { paths: [ROOT], source: "auto" };
    const first = await importPaths(world.hearer, job);
    expect(first).toMatchObject({ files: 2, bytes: 23, records_new: 3, records_known: 0 });
    const again = await importPaths(world.hearer, job);
    expect(again).toMatchObject({ files: 2, records_new: 0, records_known: 3, problems: [] });
  });

  test("importing a folder or a file inside a watched folder hears nothing twice", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n'));
    world.hearer.addRoot(ROOT);
    await world.hear();
    for (const path of [`${ROOT}/a`, FILE, ROOT]) {
      await importPaths(world.hearer, { paths: [path], source: "auto" });
    }
    expect(world.journal.entries.length).toBe(1);
  });

  test("a table or a page that is named is refused, and what is called a transcript is kept", async () => {
    const world = await aWorld();
    const table = `${ROOT}/all.parquet`;
    world.disk.append(table, bytesOf("PAR1\0\0\0"));
    const refused = await importPaths(world.hearer, { paths: [table], source: "auto" });
    expect(refused.problems[0]?.why).toContain("no lines of JSON");
    expect(world.journal.entries.length).toBe(0);
    world.disk.append(FILE, bytesOf("\0\0torn\n"));
    expect((await importPaths(world.hearer, { paths: [FILE], source: "auto" })).records_new).toBe(
      1,
    );
  });

  test("what cannot be imported says why", async () => {
    const world = await aWorld();
    const nothing = importPaths(world.hearer, { paths: ["/nothing"], source: "auto" });
    await expect(nothing).rejects.toThrow("There is nothing at /nothing");
    const unknown = importPaths(world.hearer, { paths: [ROOT], source: "email" });
    await expect(unknown).rejects.toThrow('as "email"');
    world.disk.append(FILE, bytesOf("{}\n"));
    world.disk.forbid(FILE, true);
    const forbidden = await importPaths(world.hearer, { paths: [ROOT], source: "auto" });
    expect(forbidden.problems).toEqual([{ path: FILE, why: "We may not read it." }]);
  });

  test("an import that the journal refuses fails, and the next one goes on from it", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.journal.refuse(1);
    const job = { paths: [ROOT], source: "auto" };
    await expect(importPaths(world.hearer, job)).rejects.toThrow("no room");
    await importPaths(world.hearer, job);
    expect(newest(world)).toEqual(LONG);
  });
});
