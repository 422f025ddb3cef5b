/** What every command owes whoever started it. */
import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "main.ts");

test("U4: a pipe whose reader is slow gets everything", async () => {
  const nowhere = join(tmpdir(), "vb-no-home");
  // The reader lets the pipe run full first: a shorter wait could only let a fault pass, never fail a whole answer.
  const command = `"${process.execPath}" "${MAIN}" --home "${nowhere}" taxonomy show | (sleep 1; cat)`;
  const ran = Bun.spawn(["/bin/sh", "-c", command], { stdout: "pipe", stderr: "inherit" });
  const shown = await new Response(ran.stdout).text();
  expect(shown.length).toBeGreaterThan(65_536);
  expect(JSON.parse(shown)).toHaveProperty("domains");
});
