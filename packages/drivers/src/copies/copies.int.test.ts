/** Both places for copies: another folder, and a bucket of a real server. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copiesContract } from "@verbatim/core/testing";
import { BUCKET, testS3 } from "../../test/s3.ts";
import { openFolderCopies } from "./folder.ts";
import { openS3Copies, s3SettingsFrom } from "./s3.ts";

const s3 = await testS3();
const root = mkdtempSync(join(tmpdir(), "vb-copies-"));
let files = 0;
afterAll(() => s3[Symbol.asyncDispose]());

async function file(bytes: Uint8Array): Promise<string> {
  files += 1;
  const path = join(root, `file-${files}`);
  writeFileSync(path, bytes);
  return path;
}

copiesContract("another folder", async () => {
  for (const name of ["there", "empty"]) mkdirSync(join(root, name), { recursive: true });
  const [place, empty] = ["there", "empty"].map((name) => openFolderCopies(join(root, name)));
  if (place === undefined || empty === undefined) throw new Error("there are two");
  return { place, empty, file };
});

copiesContract("S3", async () => ({
  place: openS3Copies(s3SettingsFrom(`s3://${BUCKET}/of/ada`, s3.env)),
  empty: openS3Copies(s3SettingsFrom(`s3://${BUCKET}/of/nobody`, s3.env)),
  file,
}));

test("C51: a bucket that is not there, a wrong key and a server that is away are errors, and say so", async () => {
  const path = await file(Uint8Array.of(1));
  const put = (to: string, env: Readonly<Record<string, string>>): Promise<void> =>
    openS3Copies(s3SettingsFrom(to, env)).put("x.json", path);
  await expect(put("s3://nowhere", s3.env)).rejects.toThrow();
  const wrong = { ...s3.env, VERBATIM_S3_ACCESS_KEY_ID: "another" };
  await expect(put(`s3://${BUCKET}`, wrong)).rejects.toThrow();
  const away = { ...s3.env, VERBATIM_S3_ENDPOINT: "http://127.0.0.1:9" };
  await expect(put(`s3://${BUCKET}`, away)).rejects.toThrow();
  expect(() => s3SettingsFrom(`s3://${BUCKET}`, {})).toThrow("VERBATIM_S3_ACCESS_KEY_ID");
}, 60_000);

test("C51: a folder that is not mounted is not filled in its stead", async () => {
  const place = openFolderCopies(join(root, "not-mounted"));
  await expect(place.put("x.json", await file(Uint8Array.of(1)))).rejects.toThrow();
});
