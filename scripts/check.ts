/** `bun run check`: what a change must pass before it is committed, in seconds. Runs its parts beside each other. */
const PARTS = ["lint", "types", "rooms", "dead", "test:fast"] as const;

const started = performance.now();
const results = await Promise.all(
  PARTS.map(async (part) => {
    const ran = Bun.spawn([process.execPath, "run", part], { stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(ran.stdout).text(),
      new Response(ran.stderr).text(),
      ran.exited,
    ]);
    return { part, code, text: `${out}${err}`.trim() };
  }),
);
for (const { part, code, text } of results) {
  if (code !== 0) process.stdout.write(`${text}\n`);
  process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${part}\n`);
}
process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
process.exitCode = results.every((one) => one.code === 0) ? 0 : 1;
