/** A pager for long output on a terminal: the person's own, else less, else none. */
import type { Surface } from "../surface.ts";

export type Paged = {
  readonly out: (text: string) => void;
  /** Resolves when the person has read it. */
  done(): Promise<void>;
};

/** Output through a pager where there is a terminal to page on. */
export function paged(surface: Surface): Paged {
  const program = surface.env["PAGER"] ?? "less";
  const isWanted = surface.terminal && program !== "" && program !== "cat";
  if (!isWanted || Bun.which(program.split(" ")[0] ?? "") === null)
    return { out: surface.out, done: async () => {} };
  const child = Bun.spawn(["/bin/sh", "-c", program], {
    stdin: "pipe",
    stdout: "inherit",
    stderr: "inherit",
    // Quits at once when all fits on one page, shows colours, leaves the text behind.
    env: { LESS: "FRX", ...surface.env },
  });
  let closed = false;
  void child.exited.then(() => {
    closed = true;
  });
  return {
    out: (text) => {
      if (!closed) void child.stdin.write(text);
    },
    done: async () => {
      await child.stdin.end();
      await child.exited;
    },
  };
}
