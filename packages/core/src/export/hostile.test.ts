/** Whatever anybody wrote: what is sensitive is found, pages and transcripts keep their shape. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Entry } from "../message/heard.ts";
import { exportSource, memoryPlace, postedEntries } from "../testing/export-story.ts";
import type { ExportAsk } from "./ask.ts";
import { makeExport } from "./exporting.ts";

const RUNS = 100;

async function transcript(
  entries: readonly Entry[],
  ask: Pick<ExportAsk, "format" | "redact">,
): Promise<string> {
  const place = memoryPlace();
  const { signal } = new AbortController();
  const exporting = { ...exportSource(entries), place, onProgress: () => {}, signal };
  const made = await makeExport({ ...ask, all: true, filter: {} }, exporting);
  return place.files.get(made.files[0]?.file ?? "") ?? "";
}

const SENSITIVE = [
  "ada.lovelace+x@mail.example.org",
  "+44 20 7946 0958",
  "4111 1111 1111 1111",
  "DE89370400440532013000",
  "198.51.100.23",
  "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  "AKIAIOSFODNN7EXAMPLE",
];
const AROUND = fc.constantFrom(" ", "\n", "`", "(", ") ", "> ", ", ", "\n```\n", '"', "* ", "<b>");

test("X10: whatever stands around it, whichever part it is in", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SENSITIVE),
      AROUND,
      AROUND,
      fc.constantFrom("md", "html", "jsonl" as const),
      async (value, before, after, format) => {
        const said = `see${before}${value}${after}end`;
        const parts = [
          { type: "text", content: said },
          { type: "tool_call", id: "t", name: "n", arguments: { deep: [{ a: said }] } },
          { type: "tool_call_response", id: "t", response: said },
        ];
        const entries = postedEntries([{ parts, meta: { note: said } }]);
        const text = await transcript(entries, { format, redact: true });
        expect(text.replaceAll("\\", "")).not.toContain(value);
      },
    ),
    { numRuns: RUNS },
  );
}, 60_000);

const HOSTILE = [
  "</details></details># h",
  "\n```\n</pre></article>\n```",
  "```",
  "~~~~\n````",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "[x](javascript:alert(1))",
  "<!--",
  "</style><style>*{display:none}",
  "&lt;script&gt;",
  "<details><summary>",
  "\u2028# x\u0000\u0085",
  "<iframe srcdoc='<script>1</script>'>",
  "<base href=//evil>",
  '<meta http-equiv=refresh content="0;url=//evil">',
];

/** The same as code, as strong and as a heading of a writer of Markdown. */
const EMPHASISED = HOSTILE.flatMap((one) => [`\`${one}\``, `**${one}**`, `\n## ${one}\n`]);

const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(...HOSTILE, ...EMPHASISED),
    fc.string({ unit: "binary", maxLength: 12 }),
  ),
  { minLength: 1, maxLength: 3 },
);

function hostileEntries(text: string): readonly Entry[] {
  const parts = [
    { type: "text", content: text },
    { type: "reasoning", content: text },
    { type: "tool_call", id: "t", name: text, arguments: { command: text, [text]: text } },
    { type: "tool_call_response", id: "t", response: text },
    { type: "tool_call_response", id: "u", response: [{ text }, text] },
    { type: "blob", mime_type: text, bytes: 1 },
    { type: "file", name: text },
  ];
  return postedEntries([{ parts, model: "m", meta: { title: text, cwd: text, stream: text } }]);
}

const TAGS_OF_OURS =
  /^<\/?(?:!doctype|html|head|meta|title|style|body|main|h1|dl|div|dt|dd|article|header|a|b|span|time|details|summary|code|pre|p|footer|ins|del|strong|i)(?: (?:lang="en"|charset="utf-8"|http-equiv="Content-Security-Policy"|name="(?:viewport|referrer)"|content="[^"<>]*"|class="[a-z]+"|id="t\d+"|href="#t\d+"))*>$|^<!doctype html>$/;

test("X8: no text becomes markup of a page, whatever is in it and wherever it stands", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (texts) => {
      const page = await transcript(hostileEntries(texts.join("")), {
        format: "html",
        redact: false,
      });
      const tags = page.match(/<[^>]*>?/g) ?? [];
      expect(tags.filter((tag) => !TAGS_OF_OURS.test(tag))).toEqual([]);
      expect(page).toContain("default-src 'none'");
    }),
    { numRuns: RUNS },
  );
}, 60_000);

test("X7: whatever was said, folds and fences of a Markdown transcript are whole", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (texts) => {
      const outside = outsideFences(
        await transcript(hostileEntries(texts.join("")), { format: "md", redact: false }),
      );
      const opened = outside.match(/^<details>/gm)?.length ?? 0;
      expect(outside.match(/^<\/details>$/gm)?.length ?? 0).toBe(opened);
      // Nothing but our own tags is unescaped HTML.
      const tags = outside.replaceAll(/\\[\\<&]/g, "").match(/<[^>]*>?/g) ?? [];
      expect(tags.filter((tag) => !/^<\/?(?:details|summary|b|code)>$/.test(tag))).toEqual([]);
      expect(outside.match(/^# /gm)?.length).toBe(1);
    }),
    { numRuns: RUNS },
  );
}, 60_000);

/** The lines that no fence holds; throws when one is not closed. */
function outsideFences(text: string): string {
  let fence = "";
  const outside = text.split("\n").filter((line) => {
    const [, run = ""] = /^(`{3,})/.exec(line) ?? [];
    if (fence === "" && run !== "") {
      fence = run;
      return false;
    }
    if (fence === "") return true;
    if (line === fence || (run.length >= fence.length && line.trim() === run)) fence = "";
    return false;
  });
  expect(fence).toBe("");
  return outside.join("\n");
}
