/**
 * Transcripts made up from a seed: the shapes of a coding agent's session files,
 * with our own words in them. The same seed writes the same bytes.
 *
 * Not here: odd or broken lines; those are samples beside the parser.
 */

/** A source of numbers that is the same for the same seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = (
  "the journal keeps every record before anyone reads it so a crash costs nothing but time " +
  "please check why parseHeader in src/journal/entry.ts rejects a torn line after rotation " +
  "tests pass now and the migration is approved we decided to keep one writer per folder " +
  "should we split the queue or cache the session index database upload benchmark shader"
).split(" ");

function wordsOf(random: () => number, count: number): string {
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
}

function uuidOf(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** One session that can be continued line by line. */
export type Scribe = {
  readonly session: string;
  /** The next line, with its newline; text is of about so many words. */
  line(words?: number): string;
};

/** A session written down turn by turn: a person, an agent, a tool, and again. */
export function scribeFrom(seed: number): Scribe {
  const random = numbersFrom(seed);
  const session = uuidOf(random);
  let parent: string | null = null;
  let turn = 0;
  let at = Date.UTC(2026, 0, 1) + seed * 1000;

  function envelope(type: string): Record<string, unknown> {
    const uuid = uuidOf(random);
    at += 1000 + Math.floor(random() * 5000);
    const line = {
      parentUuid: parent,
      isSidechain: false,
      userType: "external",
      cwd: "/home/ada/engine",
      sessionId: session,
      version: "2.1.40",
      gitBranch: "main",
      type,
      uuid,
      timestamp: new Date(at).toISOString(),
    };
    parent = uuid;
    return line;
  }

  function said(words: number): Record<string, unknown> {
    const tool = `toolu_${session.slice(0, 6)}_${Math.floor(turn / 4)}`;
    const usage = { input_tokens: 10, output_tokens: words, cache_read_input_tokens: 900 };
    switch (turn++ % 4) {
      case 0:
        return { ...envelope("user"), message: { role: "user", content: wordsOf(random, words) } };
      case 1:
        return {
          ...envelope("assistant"),
          message: {
            id: `msg_${session.slice(0, 6)}_${turn}`,
            role: "assistant",
            model: "claude-opus-5",
            content: [{ type: "text", text: wordsOf(random, words) }],
            usage,
          },
        };
      case 2:
        return {
          ...envelope("assistant"),
          message: {
            id: `msg_${session.slice(0, 6)}_${turn}`,
            role: "assistant",
            model: "claude-opus-5",
            content: [{ type: "tool_use", id: tool, name: "Bash", input: { command: "bun test" } }],
            usage,
          },
        };
      default:
        return {
          ...envelope("user"),
          message: {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: tool, content: wordsOf(random, words) }],
          },
          toolUseResult: { stdout: "", stderr: "", interrupted: false },
        };
    }
  }

  return { session, line: (words = 24) => `${JSON.stringify(said(words))}\n` };
}

/** The text of a whole session file of so many lines. */
export function transcriptOf(seed: number, lines: number, words?: number): string {
  const scribe = scribeFrom(seed);
  return Array.from({ length: lines }, () => scribe.line(words)).join("");
}
