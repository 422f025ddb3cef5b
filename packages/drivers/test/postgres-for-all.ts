/**
 * One Postgres for a whole run of tests instead of one a file: prints its address
 * and ends when its standard input does. Each test has a database of its own in it.
 */
import { ownPostgres } from "./services.ts";

process.stdout.write(`${await ownPostgres()}\n`);
for await (const _ of process.stdin);
process.exit(0);
