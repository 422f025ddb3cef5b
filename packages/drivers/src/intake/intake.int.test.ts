/** The intake over a real socket: order, garbage, clients that die, a writer that goes and comes back. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Offered, Receipt } from "@verbatim/core";
import { encodeOffered } from "@verbatim/core";
import { makeShortFolder } from "../process/short-folder.ts";
import { openIntake, serveIntake } from "./index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function freshPath(name = "run"): string {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-intake-"));
  folders.push(folder);
  return join(folder, name, "ingest.sock");
}

const offer = (key: string, bytes = 10): Offered => ({
  source: "api",
  key,
  raw: new TextEncoder().encode(key.padEnd(bytes, ".")),
  once: true,
});

/** A writer that gives each record the next seq and remembers its key. */
function aWriter() {
  const keys: string[] = [];
  const failures: string[] = [];
  return {
    keys,
    failures,
    offer: async (batch: readonly Offered[]): Promise<readonly Receipt[]> => {
      // The bytes must stay as they came until they are safe, whatever else arrives meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 2));
      for (const { key, raw } of batch) {
        const said = new TextDecoder().decode(raw.subarray(0, key.length));
        if (said !== key) throw new Error(`the bytes of ${key} became ${said}`);
      }
      return batch.map((one) => ({ status: "created", seq: keys.push(one.key) }));
    },
    control: async (ask: unknown) => ask,
    failed: (why: string) => {
      failures.push(why);
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it did not come to hold in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("the intake socket", () => {
  test("I2: many clients with many records each get their receipts in order", async () => {
    const path = freshPath();
    const writer = aWriter();
    await using _server = await serveIntake(path, writer);
    const clients = Array.from({ length: 8 }, () => openIntake(path));
    const all = await Promise.all(
      clients.flatMap((client, who) =>
        Array.from({ length: 20 }, async (_, turn) => {
          const batch = Array.from({ length: 7 }, (_unused, at) => offer(`${who}-${turn}-${at}`));
          const receipts = await client.hand(batch);
          return receipts.map((one, at) => ({ one, key: batch[at]?.key }));
        }),
      ),
    );
    for (const { one, key } of all.flat()) {
      expect(one.status).toBe("created");
      expect("seq" in one ? writer.keys[one.seq - 1] : null).toBe(key ?? "");
    }
    expect(writer.keys.length).toBe(8 * 20 * 7);
    for (const client of clients) await client.close();
  });

  test("a record of many megabytes arrives whole, and what is too large is refused before it is sent", async () => {
    const path = freshPath();
    const writer = aWriter();
    await using _server = await serveIntake(path, writer);
    const client = openIntake(path);
    const receipts = await client.hand([
      offer("a", 30_000_000),
      offer("b", 64 * 1024 * 1024 + 1),
      offer("c"),
    ]);
    expect(receipts.map((one) => one.status)).toEqual(["created", "refused", "created"]);
    expect(writer.keys).toEqual(["a", "c"]);
    await client.close();
  });

  test("bytes that are no frame end that connection with a reason, and no other", async () => {
    const path = freshPath();
    const writer = aWriter();
    await using _server = await serveIntake(path, writer);
    const client = openIntake(path);
    await client.hand([offer("a")]);
    const stranger = connect(path);
    let said = "";
    stranger.on("data", (bytes) => {
      said += bytes.toString();
    });
    let ended = false;
    stranger.on("close", () => {
      ended = true;
    });
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await until(() => ended);
    expect(said).toContain("no frame of the intake");
    expect(writer.failures.length).toBe(1);
    expect(await client.hand([offer("b")])).toMatchObject([{ status: "created", seq: 2 }]);
    await client.close();
  });

  test("a client that dies in the middle of a frame loses that frame only", async () => {
    const path = freshPath();
    const writer = aWriter();
    await using _server = await serveIntake(path, writer);
    const socket = connect(path);
    const whole = encodeOffered([offer("whole")]);
    const torn = encodeOffered([offer("torn", 1000)]);
    socket.write(Buffer.concat([whole, torn.subarray(0, 500)]));
    await until(() => writer.keys.length === 1);
    socket.destroy();
    const client = openIntake(path);
    await client.hand([offer("after")]);
    expect(writer.keys).toEqual(["whole", "after"]);
    await client.close();
  });

  test("without a writer a client fails at once, and works again when there is one", async () => {
    const path = freshPath();
    const client = openIntake(path);
    await expect(client.hand([offer("a")])).rejects.toMatchObject({ code: "ingest_unreachable" });
    {
      await using _first = await serveIntake(path, aWriter());
      expect(await client.hand([offer("a")])).toMatchObject([{ status: "created" }]);
    }
    await expect(client.hand([offer("b")])).rejects.toMatchObject({ code: "ingest_unreachable" });
    await using _second = await serveIntake(path, aWriter());
    expect(await client.hand([offer("b")])).toMatchObject([{ status: "created", seq: 1 }]);
    await client.close();
  });

  test("a writer that goes away fails what waits for it", async () => {
    const path = freshPath();
    const never = new Promise<never>(() => {});
    const server = await serveIntake(path, { ...aWriter(), offer: () => never });
    const client = openIntake(path);
    const handed = client.hand([offer("a")]);
    handed.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server[Symbol.asyncDispose]();
    await expect(handed).rejects.toMatchObject({ code: "ingest_unreachable" });
  });

  test("a socket whose path is too long for the system is reached all the same", async () => {
    const path = freshPath("a-folder-with-a-long-name/".repeat(6));
    await using _server = await serveIntake(path, aWriter());
    const client = openIntake(path);
    expect(await client.hand([offer("a")])).toMatchObject([{ status: "created" }]);
    await client.close();
  });

  test("a client does not follow a short name that somebody else made", async () => {
    const path = freshPath("a-folder-with-a-long-name/".repeat(6));
    const stranger = freshPath();
    const writer = aWriter();
    await using _stranger = await serveIntake(stranger, writer);
    const link = makeShortFolder(dirname(path), { nameBytes: 99 });
    unlinkSync(link);
    symlinkSync(dirname(stranger), link);
    const client = openIntake(path);
    for (let turn = 0; turn < 2; turn += 1) {
      const handed = client.hand([offer("a")]);
      await expect(handed).rejects.toMatchObject({ code: "ingest_unreachable" });
    }
    await using _server = await serveIntake(path, aWriter());
    expect(await client.hand([offer("a")])).toMatchObject([{ status: "created" }]);
    expect(writer.keys).toEqual([]);
    await client.close();
    unlinkSync(link);
  });

  test("a failure of the writer is an answer with its reason", async () => {
    const path = freshPath();
    const broken = async (): Promise<never> => {
      throw new Error("out of order");
    };
    await using _server = await serveIntake(path, { ...aWriter(), control: broken });
    const client = openIntake(path);
    await expect(client.status()).rejects.toThrow("out of order");
    await client.close();
  });
});
