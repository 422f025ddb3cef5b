/** `verbatim version`. */
import root from "../../../../package.json" with { type: "json" };
import type { Global, Surface } from "../surface.ts";

export async function version(options: Global, surface: Surface): Promise<void> {
  const facts = {
    verbatim: root.version,
    bun: Bun.version,
    platform: `${process.platform} ${process.arch}`,
  };
  surface.out(
    options.json === true
      ? `${JSON.stringify(facts)}\n`
      : `verbatim ${facts.verbatim} (Bun ${facts.bun}, ${facts.platform})\n`,
  );
}
