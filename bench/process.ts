/** One side of a benchmark as a process of its own: what it took, and what it said of what it did. */

/** Milliseconds and megabytes. */
export type Ran = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly memory: number;
  readonly said: Readonly<Record<string, number>>;
};

/** Runs it to its end; what it says is JSON. Throws when it fails. */
export async function ran(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const begun = performance.now();
  const child = Bun.spawn([process.execPath, ...args], {
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "inherit",
  });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${args.join(" ")} failed`);
  const ms = performance.now() - begun;
  const used = child.resourceUsage();
  return {
    ms,
    cpuMs: Number(used?.cpuTime.total ?? 0) / 1000,
    memory: (used?.maxRSS ?? 0) / 1e6,
    said: JSON.parse(text),
  };
}
