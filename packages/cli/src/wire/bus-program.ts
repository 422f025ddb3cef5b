/**
 * The programs of the bus, made runnable: they run on Node, because the ZeroMQ
 * library aborts Bun at its first socket (docs/decisions/0010-the-bus-runs-on-node.md).
 *
 * Each is bundled anew into `<home>/run` when it is started, which takes some
 * fifty milliseconds and can never be out of date. The library itself stays
 * outside of the bundle, where it was installed.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { writeWhole } from "@verbatim/drivers/process";

const PACKAGES: string = join(import.meta.dir, "../../..");
/** Left by scripts/setup.mjs: the Node that it ran on. */
const NODE: string = join(PACKAGES, "../node_modules/.verbatim/node");

/** Messages live for milliseconds: with room for young objects a third less time goes into collecting them. */
const NURSERY = "--max-semi-space-size=64";

/** The command that runs the bus (`main.ts`) or its clients (`client/main.ts`). */
export async function busCommand(
  home: string,
  entry: "main.ts" | "client/main.ts",
): Promise<readonly string[]> {
  const node = existsSync(NODE) ? NODE : Bun.which("node");
  if (node === null) {
    throw new VerbatimError(
      "service_missing",
      "the bus runs on Node.js 20.15 or newer, and there is no node on the PATH; install it, or go without: verbatim up --no-bus",
    );
  }
  const path = join(home, FILES.run, `bus-${entry.replace("/", "-").replace(".ts", "")}.mjs`);
  const zeromq = createRequire(join(PACKAGES, "drivers/package.json")).resolve("zeromq");
  const built = await Bun.build({
    entrypoints: [join(PACKAGES, "bus/src", entry)],
    target: "node",
    throw: false,
    plugins: [
      {
        name: "zeromq where it is",
        setup: (build) => {
          build.onResolve({ filter: /^zeromq$/ }, () => ({ path: zeromq, external: true }));
        },
      },
    ],
  });
  const [bundle] = built.outputs;
  if (!built.success || bundle === undefined) {
    throw new VerbatimError(
      "service_missing",
      `the bus could not be bundled into ${join(home, FILES.run)}: ${built.logs.map(String).join("; ")}`,
    );
  }
  // As a whole: another one may be starting from it.
  await writeWhole(path, await bundle.text());
  return [node, NURSERY, path];
}
