/** A place of its own for a system that a test runs: a home, a folder it watches, and a way to ask it. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonOf, type System, systemAt } from "./system.ts";

/** What JSON objects are to a test that names what it expects of them. */
export type Any = Readonly<Record<string, unknown>>;

/** A new folder with `home` and the watched `projects` in it, and its system (world/system.ts), not started yet. */
export async function systemIn(
  name: string,
  bus?: readonly string[],
  more?: Readonly<Record<string, string>>,
): Promise<{ readonly place: string; readonly system: System }> {
  const place = await mkdtemp(join(tmpdir(), `vb-${name}-`));
  const [home, projects] = [join(place, "home"), join(place, "projects")];
  await mkdir(home);
  await mkdir(projects);
  return { place, system: await systemAt(home, projects, bus, more) };
}

/** Stops it, and nothing is left. A place that was never made is left as well. */
export async function leave(place: string | undefined, system: System | undefined): Promise<void> {
  await system?.stop();
  if (place !== undefined) await rm(place, { recursive: true, force: true });
}

/** Asks a route with a JSON body, for as long as `msMax`. */
export async function askAt(
  system: System,
  method: string,
  path: string,
  body?: object,
  msMax = 60_000,
): Promise<Response> {
  return await fetch(system.url + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    signal: AbortSignal.timeout(msMax),
  });
}

/** The answer of a route that must answer well. */
export async function answerOf(
  system: System,
  method: string,
  path: string,
  body?: object,
): Promise<Any> {
  const answer = await askAt(system, method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return await jsonOf<Any>(answer);
}

/** What a command printed that must end well. */
export async function printed(system: System, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await system.cli(...args);
  if (code !== 0) throw new Error(`${args.join(" ")}: ${code} ${out} ${err}`);
  return out;
}
