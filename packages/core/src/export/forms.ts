/** The forms of an export: what each writes of the messages of a session, above them and below. */
import type { ExportAsk } from "./ask.ts";
import type { SessionFacts, Shown } from "./facts.ts";
import { htmlWriter } from "./html.ts";
import { headerLine, JSON_TAIL, jsonHead, jsonItem, messageLine } from "./lines.ts";
import { markdownWriter } from "./markdown.ts";
import { shapeWriter } from "./shapes.ts";
import { tell } from "./telling.ts";
import type { TranscriptWriter } from "./writer.ts";

/** Messages of a session: the names of its streams, and those of some of them in the order of the journal. */
type Spoken = {
  readonly names: readonly string[];
  read(streams: readonly string[]): AsyncIterable<readonly Shown[]>;
};

export interface Form {
  head(facts: SessionFacts): string;
  /** Texts that follow each other, some at once. */
  body(spoken: Spoken): AsyncIterable<Iterable<string>>;
  tail(facts: SessionFacts): string;
  /** Whether there is anything in a session that this form shows. */
  shows(facts: SessionFacts): boolean;
}

/** The form that is asked for, for one session. */
export function formOf({ format, as, redact }: ExportAsk): Form {
  if (format === "md") return transcript(markdownWriter());
  if (format === "html") return transcript(htmlWriter());
  if (as !== undefined) return shaped(as);
  const shows = ({ messages, records }: SessionFacts): boolean => messages + records > 0;
  if (format === "json")
    return { head: (facts) => jsonHead(facts, redact), body: items, tail: () => JSON_TAIL, shows };
  return { head: (facts) => headerLine(facts, redact), body: lines, tail: () => "", shows };
}

const isSaid = ({ messages }: SessionFacts): boolean => messages > 0;

function transcript(writer: TranscriptWriter): Form {
  return {
    head: writer.head,
    tail: writer.tail,
    shows: isSaid,
    body: async function* ({ names, read }) {
      const streams = {
        names: names.filter((name) => name !== ""),
        read: (one: string) => read([one]),
      };
      for await (const steps of tell(streams)) yield eachOf(steps, writer.step);
    },
  };
}

function shaped(as: NonNullable<ExportAsk["as"]>): Form {
  const writer = shapeWriter(as);
  return {
    head: () => "",
    tail: () => "",
    shows: isSaid,
    body: async function* ({ names, read }) {
      for await (const messages of read(names)) yield eachOf(messages, writer.add);
      yield [writer.end()];
    },
  };
}

async function* lines({ names, read }: Spoken): AsyncGenerator<Iterable<string>> {
  for await (const messages of read(names)) yield eachOf(messages, messageLine);
}

async function* items({ names, read }: Spoken): AsyncGenerator<Iterable<string>> {
  let isFirst = true;
  for await (const messages of read(names))
    yield eachOf(messages, (message) => {
      const item = jsonItem(message, isFirst);
      isFirst = false;
      return item;
    });
}

/** The text of each, made when it is taken: never all of them at once. */
function* eachOf<One>(some: readonly One[], text: (one: One) => string): Generator<string> {
  for (const one of some) yield text(one);
}
