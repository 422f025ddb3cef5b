/** Numbers and reports of an API without servers: counted on the spot, kept in a map. */
import {
  count,
  type EnrichedMessage,
  isReportId,
  type Numbers,
  newestReportFirst,
  type ReportShelf,
  type TallyRow,
} from "@verbatim/core";

/** Numbers of these messages; filters other than times are not looked at. */
export function fakeNumbers(
  messages: readonly EnrichedMessage[],
  there: () => Promise<void>,
): Numbers {
  const { rows } = count(
    messages.map((message) => ({ message, isFirst: true })),
    new Map(),
  );
  const answered = async <Value>(value: Value): Promise<Value> => {
    await there();
    return value;
  };
  const reach = messages.length;
  const numbers: Numbers = {
    together: (read) => read(numbers),
    counted: () => answered({ counted_to: reach, settled_to: reach, taxonomy: "t@1" }),
    tallies: ({ since = "", until = "9" }) =>
      answered(rows.filter(({ hour }: TallyRow) => hour >= since && hour < until)),
    sessions: () => answered(1),
    open: (_, limit) =>
      answered(
        messages
          .slice(0, Math.min(limit, 1))
          .map(({ seq, sub, author, said_at, session_id, text }) => ({
            kind: "question" as const,
            seq,
            sub,
            speaker: author.name,
            said_at,
            session_id,
            text,
          })),
      ),
    asides: () => answered(0),
    said: (_, { after, limit }) =>
      answered(messages.filter(({ seq }) => seq > (after?.seq ?? 0)).slice(0, limit)),
  };
  return numbers;
}

/** Reports in memory. */
export function fakeReports(
  files: ReadonlyMap<string, { readonly json: string; readonly md: string }>,
): ReportShelf {
  return {
    ids: async () => [...files.keys()].toSorted(newestReportFirst),
    read: async (id, format) => (isReportId(id) ? (files.get(id)?.[format] ?? null) : null),
    sizes: async (id) => {
      const one = files.get(id);
      return one === undefined ? null : { json: one.json.length, md: one.md.length };
    },
    save: async () => {},
    remove: async () => {},
  };
}
