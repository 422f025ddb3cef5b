/** What a follower is told: everything after its place, in order, once; or a gap that says what is missing. */
import { describe, expect, test } from "bun:test";
import type { LiveEvent } from "@verbatim/core";
import type { ApiPorts } from "../ports.ts";
import { inTime, turns } from "../testing/clock.ts";
import { type Fake, fakeMessages, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf } from "../testing/requests.ts";

type Told = { readonly event: string; readonly id: string | null; readonly data: unknown };

/** The events a client would dispatch; what has no data only moves the place. */
function eventsIn(text: string): readonly Told[] {
  return text.split("\n\n").flatMap((block) => {
    const field = (name: string): string | null =>
      new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? null;
    const data = field("data");
    if (data === null) return [];
    return [{ event: field("event") ?? "", id: field("id"), data: JSON.parse(data) }];
  });
}

async function told(
  fake: Fake,
  lastId: string | null,
  query = "",
): Promise<{ readonly events: readonly Told[]; readonly lastId: string | undefined }> {
  const headers = lastId === null ? {} : { "last-event-id": lastId };
  const answer = await appOf(fake.ports).request(`/v1/live${query}`, { headers });
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const text = await answer.text();
  return {
    events: eventsIn(text),
    lastId: [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1],
  };
}

const idsOf = (events: readonly Told[]): readonly (string | null)[] => events.map((one) => one.id);

/** A feed of entry 5 with three messages and entry 6 with one. */
function severalInOne(): Fake {
  const fake = fakePorts();
  const [five, six] = fakeMessages(6).slice(4);
  const parts = [0, 1, 2].flatMap((sub) => (five === undefined ? [] : [{ ...five, sub }]));
  const all = [...parts, ...(six === undefined ? [] : [six])];
  fake.events.length = 0;
  fake.events.push(...all.map((message): LiveEvent => ({ kind: "message", message })));
  return fake;
}

describe("resuming", () => {
  test("A7: a follower gets everything after the last event it saw, in order, each once", async () => {
    const fake = fakePorts();
    const { events } = await told(fake, "25");
    expect(idsOf(events)).toEqual(["26", "27", "28", "29", "30"]);
    expect(events[0]).toMatchObject({ event: "message", data: { id: "k-26", seq: 26, sub: 0 } });
    expect(idsOf((await told(fake, null, "?after=28")).events)).toEqual(["29", "30"]);
    expect(idsOf((await told(fake, "28", "?after=2")).events)).toEqual(["29", "30"]);
    expect(idsOf((await told(fake, "0")).events)).toHaveLength(30);
  });

  test("A7: a follower that was cut off inside an entry gets the rest of that entry", async () => {
    const fake = severalInOne();
    expect(idsOf((await told(fake, "4")).events)).toEqual(["5", "5.1", "5.2", "6"]);
    expect(idsOf((await told(fake, "5")).events)).toEqual(["5.1", "5.2", "6"]);
    expect(idsOf((await told(fake, "5.1")).events)).toEqual(["5.2", "6"]);
    expect(idsOf((await told(fake, "5.2")).events)).toEqual(["6"]);
    expect(idsOf((await told(fake, "5.32767")).events)).toEqual(["6"]);
    expect(fake.followed).toEqual([3, 4, 4, 4, 5]);
  });

  test("A7: without a place the feed begins behind everything that is on disk", async () => {
    const fake = fakePorts();
    const { events, lastId } = await told(fake, null);
    expect(events).toEqual([]);
    expect(fake.followed).toEqual([30]);
    expect(lastId).toBe("30.32767");
  });

  test("A7: the place is told before the first event, so that an early cut loses nothing", async () => {
    const fake = fakePorts();
    fake.events.length = 0;
    for (const id of ["12", "12.1", "12.32767"]) expect((await told(fake, id)).lastId).toBe(id);
  });

  test("A7: what cannot be given any more is a gap with its ends, and is resumed behind", async () => {
    const fake = fakePorts();
    fake.events.splice(0, 20, { kind: "gap", from: 4, to: 20 });
    const { events } = await told(fake, "3");
    expect(events[0]).toEqual({ event: "gap", id: "20.32767", data: { from: 4, to: 20 } });
    expect(idsOf(events.slice(1))).toEqual(
      fakeMessages(30)
        .slice(20)
        .map((one) => `${one.seq}`),
    );
    await told(fake, "20.32767");
    expect(fake.followed).toEqual([2, 20]);
  });

  test("A7: a gap is told to every follower, whatever it filters", async () => {
    const fake = fakePorts();
    fake.events.splice(0, 20, { kind: "gap", from: 1, to: 20 });
    const { events } = await told(fake, "0", "?session=s-1");
    expect(idsOf(events)).toEqual(["20.32767", "22", "25", "28"]);
  });
});

/** A feed that gives its events and then stays open until the follower goes. */
function openEnded(fake: Fake): { readonly ports: ApiPorts; readonly left: Promise<void> } {
  const left = Promise.withResolvers<void>();
  const follow: ApiPorts["live"]["follow"] = async function* (after, signal) {
    yield* fake.ports.live.follow(after, signal);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    left.resolve();
  };
  return { ports: { ...fake.ports, live: { ...fake.ports.live, follow } }, left: left.promise };
}

describe("staying", () => {
  test("A7: who filters is told with every ping how far it is, and nobody a place before its message", async () => {
    const { ports, left } = openEnded(fakePorts());
    const text = await inTime(20_000, async () => {
      const answer = await appOf(ports).request("/v1/live?after=20&session=s-1");
      return await readUntil(answer, ": ping");
    });
    expect(text?.match(/^id: .*$/gm)).toEqual(["id: 20", "id: 22", "id: 25", "id: 28", "id: 30"]);
    expect(text?.indexOf("id: 30") ?? 0).toBeGreaterThan(text?.indexOf(": ping") ?? 0);
    await left;
  });

  test("A7: a follower hears when Redis goes away and when it is back", async () => {
    const fake = fakePorts();
    fake.away.redis = true;
    const { ports, left } = openEnded(fake);
    const text = await inTime(40_000, async () => {
      const answer = await appOf(ports).request("/v1/live?after=30");
      return await readUntil(answer, "event: back", (seen) => {
        if (seen.includes("event: away")) fake.away.redis = false;
      });
    });
    expect(eventsIn(text ?? "").map((one) => one.event)).toEqual(["away", "back"]);
    await left;
  });

  test("who asks for the head opens no stream", async () => {
    const fake = fakePorts();
    const answer = await appOf(fake.ports).request("/v1/live", { method: "HEAD" });
    await turns();
    expect([answer.status, fake.followed]).toEqual([200, []]);
  });

  test("A9: a feed that breaks ends without a reason, which is in the log", async () => {
    const fake = fakePorts();
    const follow: ApiPorts["live"]["follow"] = async function* (after, signal) {
      yield* fake.ports.live.follow(after, signal);
      throw new Error("a secret of ours");
    };
    const app = appOf({ ...fake.ports, live: { ...fake.ports.live, follow } });
    const text = await (await app.request("/v1/live?after=29")).text();
    expect(idsOf(eventsIn(text))).toEqual(["30"]);
    expect(text).not.toContain("of ours");
    expect(JSON.stringify(fake.logged)).toContain("a secret of ours");
  });
});

test("what is no place, and one follower too many, are refused", async () => {
  const { ports } = fakePorts();
  for (const after of ["x", "-1", "1.", "1.2.3", " 1", "1e3", "", "9".repeat(16)]) {
    const answer = await appOf(ports).request(`/v1/live?after=${after}`);
    expect([after, answer.status]).toEqual([after, 400]);
    expect(await jsonOf(answer)).toMatchObject({ errors: [{ path: "after" }] });
  }
  const full = { ...ports, live: { ...ports.live, followers: () => 500 } };
  const answer = await appOf(full).request("/v1/live");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await jsonOf(answer)).toMatchObject({ code: "busy" });
});

/** Reads until a text was seen, then goes away; every block comes in one piece. */
async function readUntil(
  answer: Response,
  text: string,
  look: (seen: string) => void = () => {},
): Promise<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (reader !== undefined && !seen.includes(text)) {
    const { done, value = "" } = await reader.read();
    if (done) break;
    seen += value;
    look(seen);
  }
  await reader?.cancel();
  return seen;
}
