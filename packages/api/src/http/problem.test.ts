/** What an error looks like from outside: what is wrong, where and what to do; or nothing but a name to find it by. */
import { expect, test } from "bun:test";
import { VerbatimError } from "@verbatim/core";
import type { Problem } from "../contract.ts";
import { SHAPES } from "../schemas/answers.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

/** Ports whose database fails with this. */
function failing(error: Error): Fake {
  const fake = fakePorts();
  const messages = async (): Promise<never> => {
    throw error;
  };
  return {
    ...fake,
    ports: { ...fake.ports, library: { ...fake.ports.library, messages } },
  };
}

test("A9: an error we did not expect gives nothing away but the name of the request", async () => {
  const fake = failing(new Error("a secret of ours, at /some/where"));
  const answer = await appOf(fake.ports).request("/v1/messages?source=api");
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(text).not.toMatch(/secret|where|at .*[.]ts/);
  const id = answer.headers.get("x-request-id") ?? "";
  expect(id).not.toBe("");
  expect(JSON.parse(text)).toEqual({
    type: "urn:verbatim:internal",
    title: "Internal error",
    status: 500,
    detail: `something went wrong here; the log of the API says what, under request ${id}`,
    instance: "/v1/messages",
    code: "internal",
  });
  expect(fake.logged).toMatchObject([
    { event: "request_failed", facts: { request: id, method: "GET", path: "/v1/messages" } },
  ]);
  expect(JSON.stringify(fake.logged)).toContain("a secret of ours");
});

test("A9: a client's name for its request is kept when it is one, and never breaks a line of the log", async () => {
  const fake = failing(new Error("broken"));
  const idOf = async (given: string): Promise<string | null> => {
    const headers = { "x-request-id": given };
    const answer = await appOf(fake.ports).request("/v1/messages", { headers });
    return answer.headers.get("x-request-id");
  };
  expect(await idOf("chat-7:turn.3")).toBe("chat-7:turn.3");
  expect(fake.logged).toMatchObject([{ facts: { request: "chat-7:turn.3" } }]);
  for (const given of ["", "a b", 'x"', "a".repeat(101)]) expect(await idOf(given)).toBe("new-0");
});

test("A9: an error with a name has its code, its status and whether to come again", async () => {
  for (const [error, status, retry] of [
    [new VerbatimError("postgres_unreachable", "it is away"), 503, "2"],
    [new VerbatimError("postgres_unfit", "it is too old"), 503, null],
    [new VerbatimError("journal_full", "no room"), 507, "2"],
    [new VerbatimError("not_found", "there is none"), 404, null],
    [new VerbatimError("input_invalid", "it is wrong"), 400, null],
    [new VerbatimError("postgres_rejected", "the year 0"), 400, null],
  ] as const) {
    const answer = await appOf(failing(error).ports).request("/v1/messages");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retry]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const problem = await jsonOf<Problem>(answer);
    expect(SHAPES.Problem.parse(problem)).toEqual(problem);
    expect(problem.detail).toContain(error.message);
  }
});

test("A9: a wrong parameter is named among the errors", async () => {
  const app = appOf();
  const { next_cursor } = await jsonOf<{ next_cursor: string }>(
    app.request("/v1/messages?limit=2"),
  );
  for (const [path, name] of [
    ["/v1/messages?limit=0", "limit"],
    ["/v1/messages?limit=501", "limit"],
    ["/v1/messages?limit=many", "limit"],
    ["/v1/messages?since=soon", "since"],
    ["/v1/messages?until=2026-13-01", "until"],
    ["/v1/messages?after_seq=-1", "after_seq"],
    ["/v1/messages?after_seq=1.5", "after_seq"],
    ["/v1/messages?order=up", "order"],
    ["/v1/messages?role=boss", "role"],
    ["/v1/messages?source=%00", "source"],
    ["/v1/messages?records=1", "records"],
    ["/v1/messages?cursor=rubbish", "cursor"],
    [`/v1/messages?session=s-1&cursor=${next_cursor}`, "cursor"],
    [`/v1/messages?order=desc&cursor=${next_cursor}`, "cursor"],
    ["/v1/sessions/s-1/messages?session=s-2", "session"],
    ["/v1/search?limit=5", "q"],
    ["/v1/sessions?lmit=5", "lmit"],
    ["/v1/aside?since=2026-01-01", "since"],
    ["/v1/jobs?queue=other", "queue"],
    ["/v1/jobs?state=lost", "state"],
    ["/v1/live?afer=1", "afer"],
  ] as const) {
    const answer = await app.request(path);
    expect([path, answer.status]).toEqual([path, 400]);
    const { code, detail, errors } = await jsonOf<Problem>(answer);
    expect([path, code, ...(errors ?? []).map((one) => one.path)]).toEqual([
      path,
      "input_invalid",
      name,
    ]);
    expect(detail).toContain(name);
  }
});

test("A9: what is not there says what is, and a wrong method which are right", async () => {
  const app = appOf();
  const nothing = await app.request("/v1/nothing");
  expect(nothing.status).toBe(404);
  expect(await jsonOf(nothing)).toMatchObject({ code: "not_found", instance: "/v1/nothing" });
  for (const [method, path, allow] of [
    ["DELETE", "/v1/messages", "POST, GET"],
    ["PUT", "/v1/sessions/a%2Fb", "GET"],
    ["GET", "/v1/imports", "POST"],
    ["POST", "/openapi.json", "GET"],
  ] as const) {
    const answer = await app.request(path, { method });
    expect([path, answer.status, answer.headers.get("allow")]).toEqual([path, 405, allow]);
  }
  for (const path of ["/v1/sessions/nobody", "/v1/jobs/other/7", "/v1/jobs/ingest/8"])
    expect([path, (await app.request(path)).status]).toEqual([path, 404]);
  const wrong = await app.request("/v1/imports", post({ paths: ["relative"] }));
  expect(wrong.status).toBe(422);
  expect(await jsonOf(wrong)).toMatchObject({ errors: [{ path: "paths.0" }] });
});

test("a number that may not be 0 is told so", async () => {
  const found = await appOf().request("/v1/analytics/threads?gap_minutes=0");
  expect(await found.json()).toMatchObject({
    status: 400,
    detail: "gap_minutes must be more than 0",
  });
});
