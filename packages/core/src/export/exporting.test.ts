import { expect, test } from "bun:test";
import type { Entry } from "../message/heard.ts";
import type { SessionEvent } from "../sessions/event.ts";
import { boatSession, exportSource, memoryPlace, postedEntries } from "../testing/export-story.ts";
import { anEventEntry, aUuid } from "../testing/session-samples.ts";
import type { ExportAsk } from "./ask.ts";
import { makeExport } from "./exporting.ts";
import { fillTable } from "./table.ts";

const ASK: ExportAsk = { format: "md", redact: false, all: true, filter: {} };

async function exported(
  entries: readonly Entry[],
  ask: Partial<ExportAsk> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const place = memoryPlace();
  const source = exportSource(entries);
  const made = await makeExport(
    { ...ASK, ...ask },
    { ...source, place, onProgress: () => {}, signal },
  );
  return { made, files: place.files };
}

async function transcript(
  entries: readonly Entry[],
  ask: Partial<ExportAsk> = {},
): Promise<string> {
  const { made, files } = await exported(entries, ask);
  return files.get(made.files[0]?.file ?? "") ?? "";
}

for (const [format, ending] of [
  ["md", "md"],
  ["html", "html"],
  ["jsonl", "jsonl"],
] as const)
  test(`the ${format} of the boat's session is the golden file`, async () => {
    const golden = Bun.file(`${import.meta.dir}/golden/boat.${ending}`);
    const made = await transcript(boatSession(), { format });
    expect(made).toBe(await golden.text());
  });

test("X21: the same journal gives the same bytes, and none of them says when", async () => {
  for (const format of ["md", "html", "json", "jsonl"] as const) {
    const [one, other] = [
      await exported(boatSession(), { format }),
      await exported(boatSession(), { format }),
    ];
    expect([...other.files]).toEqual([...one.files]);
    const year = new Date().getFullYear();
    const text = [...one.files.values()].join("");
    expect(text).not.toMatch(new RegExp(`${year}-(?!11-20)\\d\\d-\\d\\d`));
  }
});

test("X20: an export that is stopped leaves no file, and says so", async () => {
  const stop = new AbortController();
  const place = memoryPlace();
  const onProgress = ({ percent }: { readonly percent: number }): void => {
    if (percent > 60) stop.abort();
  };
  const made = makeExport(ASK, {
    ...exportSource(boatSession()),
    place,
    onProgress,
    signal: stop.signal,
  });
  await expect(made).rejects.toMatchObject({ code: "cancelled" });
  expect([...place.files]).toEqual([]);
});

test("X20: it is stopped before the next entries are read, and also while the last piece is written", async () => {
  for (const at of ["read", "write"] as const) {
    const stop = new AbortController();
    const { journal, ...source } = exportSource(boatSession());
    let reads = 0;
    const read: typeof journal.read = async (stretch) => {
      reads += 1;
      return await journal.read(stretch);
    };
    const { files, ...place } = memoryPlace();
    const sheet: typeof place.sheet = async (name) => {
      const opened = await place.sheet(name);
      return { ...opened, write: async () => stop.abort() };
    };
    const onProgress = (): void => {
      if (at === "read") stop.abort();
    };
    const made = makeExport(ASK, {
      ...source,
      journal: { ...journal, read },
      place: { ...place, sheet },
      onProgress,
      signal: stop.signal,
    });
    await expect(made).rejects.toMatchObject({ code: "cancelled" });
    if (at === "read") expect(reads).toBe(1);
    expect([...files]).toEqual([]);
  }
});

test("one session is chosen by the beginning of its id, and one that is not there is told", async () => {
  const entries = [...boatSession(), ...postedEntries([{ text: "hello" }], 17)];
  const one = await exported(entries, { all: false, filter: { session: "cha" } });
  expect([...one.files.keys()]).toEqual(["2026-11-20_chat-1.md"]);
  await expect(exported(entries, { all: false, filter: { session: "x" } })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(exported(entries, { all: false })).rejects.toMatchObject({ code: "usage" });
});

test("all sessions have a page that leads to each, and names that no file system refuses", async () => {
  const ids = ["../../etc/passwd", "a/b", "A/b", "con", "ü💥", "", "x".repeat(300)];
  const items = ids.filter((id) => id !== "").map((session_id) => ({ session_id, text: "hi" }));
  const { made, files } = await exported(postedEntries(items));
  expect(made.sessions).toBe(items.length);
  const names = made.files.map(({ file }) => file);
  expect(names.filter((name) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,110}\.md$/.test(name))).toEqual([]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(items.length);
  const index = files.get("index.md") ?? "";
  expect(names.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});

test("filters choose messages, and a session of which nothing fits has no file", async () => {
  const items = [
    { text: "morning", said_at: "2026-11-20T08:00:00Z" },
    { text: "noon", said_at: "2026-11-20T12:00:00Z" },
    { session_id: "other", text: "night", said_at: "2026-11-20T22:00:00Z" },
  ];
  const { made, files } = await exported(postedEntries(items), {
    filter: { since: "2026-11-20T10:00:00.000Z", until: "2026-11-20T20:00:00.000Z" },
  });
  expect(made.messages).toBe(1);
  expect(files.get(made.files[0]?.file ?? "")).toContain("noon");
  expect(files.get(made.files[0]?.file ?? "")).not.toContain("morning");
});

test("what was heard twice is told once", async () => {
  const twice = [
    ...boatSession(),
    ...boatSession().map((entry) => ({ ...entry, seq: entry.seq + 16 })),
  ];
  expect(await transcript(twice)).toBe(await transcript(boatSession()));
});

test("a message that was deleted is in no form", async () => {
  const of = { v: 1, by: null, user_id: "u", session_id: "s" } as const;
  const event = (value: SessionEvent, seq: number): Entry =>
    anEventEntry({ event: value, moment: { seq, at: "2026-11-20T12:00:00.000Z" } });
  const spoken = { ...of, event: "message_said", role: "user" } as const;
  const entries = [
    event({ ...of, event: "session_started", event_id: aUuid(1) }, 1),
    event({ ...spoken, event_id: aUuid(2), message_id: "m1", content: "the kingfisher" }, 2),
    event({ ...spoken, event_id: aUuid(3), message_id: "m2", content: "the heron" }, 3),
    event({ ...of, event: "message_deleted", event_id: aUuid(4), message_id: "m1" }, 4),
  ];
  for (const format of ["md", "html", "json", "jsonl"] as const) {
    const text = await transcript(entries, { format });
    expect(text).toContain("the heron");
    expect(text).not.toContain("kingfisher");
  }
});

test("X24: notes and what else is written about a chat session are in no form, but where they are asked for", async () => {
  const of = { v: 1, by: null, user_id: "u", session_id: "s" } as const;
  const happened: readonly SessionEvent[] = [
    { ...of, event: "session_started", event_id: aUuid(1) },
    {
      ...of,
      event: "message_said",
      role: "user",
      event_id: aUuid(2),
      message_id: "m1",
      content: "the heron",
    },
    { ...of, event: "note_written", event_id: aUuid(3), text: "the kingfisher" },
  ];
  const entries = happened.map((event, at) =>
    anEventEntry({ event, moment: { seq: at + 1, at: "2026-11-20T12:00:00.000Z" } }),
  );
  for (const format of ["md", "html", "json", "jsonl"] as const) {
    const text = await transcript(entries, { format });
    expect(text).toContain("the heron");
    expect(text).not.toContain("kingfisher");
  }
  const rows = async (ask: Partial<ExportAsk>): Promise<unknown> =>
    await fillTable(
      { ...ASK, format: "parquet", ...ask },
      { add: async () => {} },
      {
        source: exportSource(entries),
        onProgress: () => {},
        signal: new AbortController().signal,
      },
    );
  expect(await rows({})).toEqual({ messages: 1, records: 0 });
  expect(await rows({ records: true })).toEqual({ messages: 1, records: 2 });
  for (const format of ["json", "jsonl"] as const)
    expect(await transcript(entries, { format, records: true })).toContain("the kingfisher");
  await expect(exported(entries, { records: true })).rejects.toMatchObject({ code: "usage" });
});

test("X10: nothing sensitive is left in any form, and one value is one token", async () => {
  for (const format of ["md", "html", "json", "jsonl"] as const) {
    const { made, files } = await exported(boatSession(), { format, redact: true });
    const text = [...files.values()].join("\n").replaceAll("\\", "").replaceAll("&#91;", "[");
    expect(text).not.toMatch(/ada@example|hunter2|203\.0\.113/);
    expect(text.match(/\[EMAIL_\d+/g)?.every((token) => token === "[EMAIL_1")).toBe(true);
    expect(text).toContain("/src/boat/sail.ts");
    expect(made.redacted).toEqual({ email: 1, ip: 1, password: 1 });
  }
});
