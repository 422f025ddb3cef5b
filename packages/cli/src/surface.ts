/** What commands write to and are stopped by; main.ts makes the real one. */
import type { Screen } from "./render/screen.ts";

type Colour = (text: string) => string;

export type Surface = {
  /** Data, to stdout. */
  readonly out: (text: string) => void;
  /** Whether stdout is a terminal. */
  readonly terminal: boolean;
  readonly width: number;
  readonly colours: Readonly<
    Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "magenta", Colour>
  >;
  readonly widthOf: (text: string) => number;
  /** Progress and remarks, to stderr. */
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Options every command has. */
export type Global = { readonly home: string; readonly url?: string; readonly json?: boolean };
