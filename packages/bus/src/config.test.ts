import { expect, test } from "bun:test";
import { configFrom } from "./config.ts";

const HOME = { VERBATIM_HOME: "/home/ada/verbatim" };

test("four ports next to each other, on this machine alone, unless it is said otherwise", () => {
  expect(configFrom(HOME)).toEqual({
    ...{ home: "/home/ada/verbatim", host: "127.0.0.1", safe: false, curve: false },
    ports: { publish: 5555, subscribe: 5556, push: 5557, confirm: 5558 },
  });
  const said = { ...HOME, VERBATIM_BUS_PORT: "6000", VERBATIM_BUS_SAFE: "1" };
  expect(configFrom(said)).toMatchObject({ safe: true, ports: { publish: 6000, confirm: 6003 } });
});

test("beyond this machine nobody listens without keys", () => {
  const curveAt = (host: string) => configFrom({ ...HOME, VERBATIM_BUS_HOST: host }).curve;
  expect(["0.0.0.0", "10.0.0.7", "::", "localhost", "::1"].map(curveAt)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("everything that is wrong is named at once", () => {
  const wrong = { VERBATIM_HOME: "here", VERBATIM_BUS_PORT: "65533", VERBATIM_BUS_CURVE: "yes" };
  const why = (() => {
    try {
      configFrom(wrong);
      return "";
    } catch (error) {
      return String(error);
    }
  })();
  for (const name of Object.keys(wrong)) expect(why).toContain(name);
});
