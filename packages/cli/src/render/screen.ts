/**
 * What a long-running command shows: calm lines, and a bar where there is a
 * terminal to draw it on. Everything here goes to stderr; data goes to stdout.
 */
import { Presets, SingleBar } from "cli-progress";
import type { Kept } from "../up/keep.ts";
import { bytesText, columns, countText, durationText } from "./text.ts";

/** How far it is: in bytes, unless it says in what. */
type Progress = {
  readonly done: number;
  readonly total: number;
  readonly note?: string;
  readonly unit?: string;
};

export interface Bar {
  update(progress: Progress): void;
  end(): void;
}

export interface Screen {
  line(text: string): void;
  /** `done` and `total` are bytes, unless steps are meant. */
  bar(what: string, of?: "bytes" | "steps"): Bar;
  started(processes: readonly Kept[], ms: number): void;
  ready(facts: Ready): void;
}

type Ready = {
  readonly url: string;
  readonly home: string;
  readonly watched: readonly { readonly source: string; readonly path: string }[];
  readonly sample: boolean;
  /** The addresses of the bus, or null when there is none. */
  readonly bus: string | null;
};

export type ScreenOptions = {
  readonly out: NodeJS.WriteStream;
  readonly terminal: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly widthOf: (text: string) => number;
};

/** A screen on a stream. */
export function screenOn(options: ScreenOptions): Screen {
  const { out, bold, dim } = options;
  const line = (text: string): void => {
    out.write(`${text}\n`);
  };
  return {
    line,
    bar: (what, of = "bytes") => (options.terminal ? drawnBar(what, of, out) : silentBar()),
    started: (processes, ms) => {
      line(`${bold("Verbatim")} ${dim(`started in ${durationText(ms)}`)}`);
      line(
        columns(
          processes.map((one) => ["", one.name, dim(one.state), dim(`pid ${one.pid ?? "-"}`)]),
          options.widthOf,
        ),
      );
    },
    ready: (facts) => {
      line("");
      for (const { source, path } of facts.watched)
        line(`  listening to  ${path} ${dim(`(${source})`)}`);
      if (facts.sample)
        line(
          dim(
            "  no transcripts were found on this machine, so a small sample was recorded; --watch DIR names a folder",
          ),
        );
      if (facts.watched.length === 0)
        line(dim("  listening to no folder; messages come over HTTP"));
      line(`  home          ${facts.home}`);
      line(`  address       ${bold(facts.url)}`);
      if (facts.bus !== null)
        line(`  bus           ${facts.bus} ${dim("(publish, subscribe, push, confirm)")}`);
      line("");
      line(dim("  verbatim status · verbatim search WORDS · Ctrl-C stops"));
    },
  };
}

function drawnBar(what: string, of: "bytes" | "steps", out: NodeJS.WriteStream): Bar {
  const sized = of === "bytes" ? "  {size}" : "";
  const bar = new SingleBar(
    {
      format: `${what}  {bar}  {percentage}%${sized}  {note}`,
      stream: out,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    },
    Presets.shades_classic,
  );
  let begun = false;
  return {
    update: ({ done, total, note = "", unit }) => {
      const size =
        unit === undefined
          ? `${bytesText(done)} of ${bytesText(total)}`
          : `${countText(done)} of ${countText(total)} ${unit}`;
      const facts = { note, size };
      if (!begun) bar.start(Math.max(total, 1), done, facts);
      begun = true;
      bar.setTotal(Math.max(total, 1));
      bar.update(done, facts);
    },
    end: () => bar.stop(),
  };
}

function silentBar(): Bar {
  return { update: () => {}, end: () => {} };
}
