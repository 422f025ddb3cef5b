/**
 * What Redis' own errors are called here.
 *
 *   away      it cannot be reached, is starting, or will not be written to now:
 *             `redis_unreachable`, and the same call is right again later
 *   unfit     it answers, and refuses us or holds something that is not ours:
 *             `redis_unfit`; a person has to do something
 *   the rest  passes as it is: something about what we sent
 *
 * The difference matters: what is refused for itself is set aside, what is
 * refused for Redis' sake is waited for. Texts never hold a password.
 */
import { VerbatimError } from "@verbatim/core";

const AWAY =
  /ECONN|EPIPE|ENOENT|EHOST|ENETUN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|timed out|MaxRetries|Connection is closed|isn't writeable/;
/** Answers of a Redis that is there and for now does not take writes, with what to do. */
const NOT_NOW: readonly (readonly [RegExp, string])[] = [
  [
    /\bOOM\b/,
    "is full (maxmemory) and takes nothing more; give it more memory: CONFIG SET maxmemory",
  ],
  [/\bMISCONF\b/, "cannot write its own files and takes nothing; look at its disk and its log"],
  [/\bREADONLY\b/, "is a replica that takes no writes; point REDIS_URL to the primary"],
  [/\bNOREPLICAS\b/, "has too few replicas to take writes; bring them back"],
  [/\bBUSY\b/, "is busy with a script that does not end; run: SCRIPT KILL"],
  [/\bLOADING\b|\bMASTERDOWN\b|\bCLUSTERDOWN\b|\bTRYAGAIN\b/, "is not ready yet"],
];
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [
    /\bNOAUTH\b|\bWRONGPASS\b|invalid password|without any password/,
    "refuses the password; check the one in REDIS_URL",
  ],
  [/unknown command|[Uu]nknown Redis command/, "lacks a command we need; 6.2 or newer is needed"],
  [
    /\bNOPERM\b/,
    "does not let this user do it; give the user of REDIS_URL the right (ACL SETUSER)",
  ],
  [
    /DB index is out of range/,
    "has no database of that number; check the number at the end of REDIS_URL",
  ],
  [
    /\bWRONGTYPE\b/,
    "holds something else under one of our names (verbatim:*); use another database number, or run: verbatim rebuild --hot",
  ],
];

/** The error under its own name; anything that is not about Redis itself passes unchanged. */
export function named(error: unknown): unknown {
  if (error instanceof VerbatimError) return error;
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  const notNow = NOT_NOW.find(([pattern]) => pattern.test(text));
  if (notNow !== undefined)
    return new VerbatimError("redis_unreachable", `Redis ${notNow[1]}`, { cause: error });
  const refused = REFUSED.find(([pattern]) => pattern.test(text));
  if (refused !== undefined)
    return new VerbatimError("redis_unfit", `Redis ${refused[1]}`, { cause: error });
  if (!AWAY.test(text)) return error;
  return new VerbatimError(
    "redis_unreachable",
    "Redis does not answer; recording goes on, and what waits for it catches up by itself",
    { cause: error },
  );
}

/** The work's value; its errors under their own names. */
export async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw named(error);
  }
}
