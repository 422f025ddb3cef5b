/**
 * A bus that others can reach: nobody listens without keys, whoever has a key on
 * the list talks as ever, and everybody else gets no answer.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { freeBusPort, python } from "./world/bus.ts";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

let place: string;
let system: System;
let port: number;

beforeAll(async () => {
  port = await freeBusPort();
  const bus = ["--bus-port", String(port), "--bus-host", "0.0.0.0"];
  ({ place, system } = await systemIn("keys", bus));
});

afterAll(async () => await leave(place, system), 60_000);

type Keys = {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly server_public_key: string;
};

async function newKeys(name: string): Promise<object> {
  const made = await system.cli("bus", "keys", "--new", name, "--json");
  const keys: Keys = JSON.parse(made.out);
  return { ...keys, serverKey: keys.server_public_key };
}

test("beyond this machine it does not listen while nobody is allowed", async () => {
  const ran = await system.cli(
    ...["up", "--no-watch", "--bus-host", "0.0.0.0", "--bus-port", String(port)],
    ...["--port", String(port + 4)],
  );
  expect(ran.code).not.toBe(0);
  expect(ran.err).toContain("verbatim bus keys --new NAME");
}, 60_000);

test("a client on the list talks, one that is not gets no answer, and a new name works at once", async () => {
  const ada = await newKeys("ada");
  await system.start();
  const own = await system.cli("bus", "keys", "--json");
  const { server_public_key, allowed } = JSON.parse(own.out);
  expect(allowed).toMatchObject([{ name: "ada" }]);

  const confirmed = await python(port, { do: "confirm", topic: "bob", count: 10, keys: ada });
  expect(confirmed.at(-1)?.["seqs"]).toHaveLength(10);

  const strange = await python(port, {
    ...{ do: "wrong" },
    keys: { ...STRANGER, serverKey: server_public_key },
  });
  expect(strange).toEqual([{ answered: false }]);
  expect(await python(port, { do: "wrong" })).toEqual([{ answered: false }]);

  const eve = await newKeys("eve");
  const later = await python(port, {
    do: "confirm",
    topic: "bob",
    count: 1,
    name: "eve",
    keys: eve,
  });
  expect(later.at(-1)?.["seqs"]).toHaveLength(1);
  const sent = await system.cli("bus", "send", "bob", "with our own keys");
  expect(sent.out).toContain("in the journal as #");
  await until("the canary comes through with keys", 30_000, async () => {
    const status: { bus: { canary: { seq: number | null } | null } } = await jsonOf(
      await fetch(`${system.url}/v1/status`),
    );
    return (status.bus.canary?.seq ?? 0) > 0;
  });
}, 120_000);

/** A pair of the curve that nobody has put on a list. */
const STRANGER = {
  publicKey: "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
  secretKey: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
};
