/** A session with everything that a page of it must show: a subagent, a picture, an edit, a fork, a compaction. */

/** The smallest PNG there is: one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const READING = "0a1b2c3d-0000-4000-8000-000000004ead";

type Line = { readonly uuid: string; readonly parentUuid?: string | null } & Readonly<
  Record<string, unknown>
>;

function line(seq: number, { uuid, parentUuid = null, ...more }: Line): string {
  return `${JSON.stringify({
    ...{ parentUuid, isSidechain: false, userType: "external", cwd: "/home/ada/engine" },
    ...{ sessionId: READING, version: "2.1.40", gitBranch: "main", uuid },
    timestamp: new Date(Date.UTC(2026, 2, 2, 9, 0, seq)).toISOString(),
    ...more,
  })}\n`;
}

function person(content: unknown): object {
  return { type: "user", message: { role: "user", content } };
}

function agent(id: string, content: readonly object[]): object {
  const usage = { input_tokens: 1000, output_tokens: 200, cache_read_input_tokens: 50_000 };
  const model = "claude-opus-4-6";
  return { type: "assistant", message: { id, role: "assistant", model, content, usage } };
}

function call(id: string, name: string, input: object): object {
  return { type: "tool_use", id, name, input };
}

function answered(tool_use_id: string, content: string, is_error = false): object {
  return {
    ...person([{ type: "tool_result", tool_use_id, content, is_error }]),
    toolUseResult: {},
  };
}

const side = { isSidechain: true };
const picture = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: PIXEL },
};

/** The session's file. */
export function readingTranscript(): string {
  const said: readonly Line[] = [
    { uuid: "u-1", ...person("Please find out why the torn tail is read twice") },
    { uuid: "a-1", parentUuid: "u-1", ...agent("msg_1", [{ type: "text", text: "I look." }]) },
    {
      ...{ uuid: "a-2", parentUuid: "a-1" },
      ...agent("msg_1", [call("t-1", "Task", { prompt: "Search the journal for readers" })]),
    },
    { uuid: "s-1", ...side, ...person("Search the journal for readers") },
    {
      ...{ uuid: "s-2", parentUuid: "s-1", ...side },
      ...agent("msg_2", [{ type: "text", text: "Two readers open the same segment." }]),
    },
    { uuid: "r-1", parentUuid: "a-2", ...answered("t-1", "Two readers.") },
    {
      ...{ uuid: "a-3", parentUuid: "r-1" },
      ...agent("msg_3", [
        call("t-2", "Edit", {
          file_path: "/home/ada/engine/tail.ts",
          old_string: "const tail = open();\nread(tail);",
          new_string: "const tail = open();\nreadOnce(tail);",
        }),
      ]),
    },
    { uuid: "r-2", parentUuid: "a-3", ...answered("t-2", "File is read-only", true) },
    { uuid: "u-2", parentUuid: "r-2", ...person([{ type: "text", text: "Like this:" }, picture]) },
    { uuid: "u-3", parentUuid: "r-2", ...person("Or try it on a copy") },
    {
      uuid: "c-1",
      isCompactSummary: true,
      ...person("This session is being continued: two readers."),
    },
    { uuid: "u-4", parentUuid: "c-1", ...person("Go on then") },
  ];
  return said.map((one, at) => line(at, one)).join("");
}
