/** One of the racing processes: adds its messages to the conversation, the way it is told. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openIntake } from "../packages/drivers/src/intake/index.ts";
import { takeLock } from "../packages/drivers/src/process/index.ts";
import { connectRedis } from "../packages/drivers/src/redis/index.ts";

const [, , variant = "", place = "", redisUrl = "", socket = "", name = "", count = "0"] =
  process.argv;
const file = join(place, "conversation.json");
const owner = { program: "race", pid: process.pid, since: "" };

async function locked<Value>(work: () => Value): Promise<Value> {
  for (;;) {
    const lock = takeLock(join(place, "lock"), owner);
    if (lock !== null) {
      try {
        return work();
      } finally {
        lock.release();
      }
    }
    await Bun.sleep(Math.random() * 2);
  }
}

const read = (): string[] => JSON.parse(readFileSync(file, "utf8"));
const write = (all: readonly string[]): void => writeFileSync(file, JSON.stringify(all));

const updates: Readonly<Record<string, (message: string) => Promise<void>>> = {
  "two-locks": async (message) => {
    const all = await locked(read);
    await locked(() => write([...all, message]));
  },
  "one-lock": async (message) => {
    await locked(() => write([...read(), message]));
  },
  "get-set": async (message) => {
    const all: string[] = JSON.parse((await redis.get("race")) ?? "[]");
    await redis.set("race", JSON.stringify([...all, message]));
  },
  ours: async (message) => {
    const [receipt] = await intake.hand([
      { source: "race", key: message, raw: new TextEncoder().encode(message), once: true },
    ]);
    if (receipt?.status !== "created") throw new Error(JSON.stringify(receipt));
  },
};

const redis = connectRedis(redisUrl, "reader");
const intake = openIntake(socket);
for (let one = 0; one < Number(count); one += 1) await updates[variant]?.(`${name}-${one}`);
process.exit(0);
