import { expect, test } from "bun:test";
import type { ReportListing, ReportState } from "../contract.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf } from "../testing/requests.ts";

const idOf = (second: number): string => `analytics_report_20260101_0000${10 + second}`;

function withReports(many: number): Fake {
  const fake = fakePorts();
  for (let at = 0; at < many; at += 1) {
    const kept = {
      timestamp: "2026-01-01T00:00:00.000Z",
      total_messages: at,
      collaboration_score: 50,
      asked: { speaker: "ada" },
    };
    fake.reports.set(idOf(at), { json: JSON.stringify(kept), md: `# number ${at}\n` });
  }
  return fake;
}

test("reports are listed page by page, the newest first, each once", async () => {
  const app = appOf(withReports(5).ports);
  const seen: string[] = [];
  for (let next = ""; ; ) {
    const page = await jsonOf<ReportListing>(app.request(`/v1/reports?limit=2${next}`));
    seen.push(...page.data.map(({ id }) => id));
    if (page.next_cursor === null) break;
    next = `&cursor=${page.next_cursor}`;
  }
  expect(seen).toEqual([4, 3, 2, 1, 0].map(idOf));
});

test("a report says what it was asked of, and how large it is", async () => {
  const app = appOf(withReports(1).ports);
  const state = await jsonOf<ReportState>(app.request(`/v1/reports/${idOf(0)}`));
  expect(state).toMatchObject({
    state: "completed",
    asked: { speaker: "ada" },
    files: { md: 11 },
    collaboration_score: 50,
  });
});

test("a file comes with its type and its ETag, and not twice", async () => {
  const app = appOf(withReports(1).ports);
  const path = `/v1/reports/${idOf(0)}/file`;
  const markdown = await app.request(path);
  expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(await markdown.text()).toBe("# number 0\n");
  const json = await app.request(`${path}?format=json`);
  expect(json.headers.get("content-type")).toBe("application/json");
  const etag = markdown.headers.get("etag") ?? "";
  const again = await app.request(path, { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  expect(json.headers.get("etag")).not.toBe(etag);
});

test("a file that is no report of ours is not listed, and breaks no listing", async () => {
  const fake = withReports(2);
  fake.reports.set(idOf(7), { json: "[]", md: "" });
  fake.reports.set(idOf(8), { json: "{", md: "" });
  const page = await jsonOf<ReportListing>(appOf(fake.ports).request("/v1/reports"));
  expect(page.data.map(({ id }) => id)).toEqual([idOf(1), idOf(0)]);
});

test("what is in the path names a report or nothing", async () => {
  const app = appOf(withReports(1).ports);
  for (const name of ["..%2F..%2Fcurrent", "%00", `${idOf(0)}.json`, `${idOf(0)}%2F..%2Fx`])
    expect((await app.request(`/v1/reports/${name}/file`)).status).toBe(404);
});
