/** `up` as a command: what was typed becomes what is run. */
import type { Global, Surface } from "../surface.ts";
import { runUp } from "./up.ts";

type Typed = Global & {
  readonly port: number;
  readonly host: string;
  readonly watch: readonly string[] | boolean;
  readonly acceptLoss?: boolean;
  readonly bus: boolean;
  readonly busPort?: number;
  readonly busHost?: string;
  readonly busSafe?: boolean;
};

/** Runs until Ctrl-C. */
export async function up(typed: Typed, surface: Surface): Promise<void> {
  const watch = Array.isArray(typed.watch) ? typed.watch : [];
  await runUp(
    {
      home: typed.home,
      port: typed.port,
      host: typed.host,
      watch,
      noWatch: typed.watch === false,
      acceptLoss: typed.acceptLoss === true,
      bus: typed.bus
        ? {
            port: typed.busPort ?? null,
            host: typed.busHost ?? "127.0.0.1",
            safe: typed.busSafe === true,
          }
        : null,
    },
    surface.screen,
    surface.signal,
  );
}
