import { afterAll, expect, test } from "bun:test";
import { testRedisUrl } from "../../test/services.ts";
import { checkRedis } from "./check.ts";
import { connectRedis } from "./connect.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
afterAll(() => redis.disconnect());

test("a fit Redis is told with its version and policy", async () => {
  expect(await checkRedis(url)).toMatchObject({ policy: "noeviction" });
});

test("a Redis that would throw keys away is refused with the command that mends it", async () => {
  await redis.config("SET", "maxmemory-policy", "allkeys-lru");
  try {
    await expect(checkRedis(url)).rejects.toMatchObject({
      code: "redis_unfit",
      message: expect.stringContaining("CONFIG SET maxmemory-policy noeviction"),
    });
  } finally {
    await redis.config("SET", "maxmemory-policy", "noeviction");
  }
});

test("a Redis whose settings we may not read is taken, without a policy", async () => {
  await redis.acl("SETUSER", "plain", "on", ">hush", "~*", "&*", "+@all", "-config");
  const asPlain = new URL(url);
  asPlain.username = "plain";
  asPlain.password = "hush";
  expect(await checkRedis(asPlain.toString())).toMatchObject({ policy: null });
  await redis.acl("DELUSER", "plain");
});

test("a wrong password and a wrong database are told apart from a Redis that is away", async () => {
  const wrong = new URL(url);
  wrong.password = "hush";
  await expect(checkRedis(wrong.toString())).rejects.toMatchObject({
    code: "redis_unfit",
    message: expect.stringContaining("password"),
  });
  await expect(checkRedis(wrong.toString())).rejects.not.toMatchObject({
    message: expect.stringContaining("hush"),
  });
  const far = new URL(url);
  far.pathname = "/4000";
  await expect(checkRedis(far.toString())).rejects.toMatchObject({
    code: "redis_unfit",
    message: expect.stringContaining("number"),
  });
  await expect(checkRedis("redis://:hush@127.0.0.1:1/0")).rejects.toMatchObject({
    code: "redis_unreachable",
    message: expect.stringContaining("start it"),
  });
});
