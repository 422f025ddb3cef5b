import { expect, test } from "bun:test";
import { busStatusOf } from "@verbatim/core";
import { keepNote } from "./note.ts";
import { openFakes } from "./testing/world.ts";

test("the note of a bus is a status whoever reads it understands; one that cannot be written is told once", async () => {
  const fakes = openFakes();
  const notes: string[] = [];
  const failed: string[] = [];
  let tries = 0;
  await keepNote({
    status: fakes.bus.status,
    write: async (text) => {
      tries += 1;
      if (tries < 4) throw new Error("no space");
      notes.push(text);
    },
    wait: async () => {},
    isStopped: () => notes.length === 2,
    failed: (why) => failed.push(why),
  });
  expect(failed).toEqual(["no space"]);
  expect(notes.map((note) => busStatusOf(note))).toEqual([fakes.bus.status(), fakes.bus.status()]);
  await fakes.end();
});
