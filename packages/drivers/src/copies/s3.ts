/**
 * Copies in a bucket of an S3-compatible service, by Bun's own client: only
 * programs that Bun runs may use it. Keys come from the environment alone.
 */
import { VerbatimError } from "@verbatim/core";
import type { CopyPlace } from "@verbatim/core/keeping";

/** Where the bucket is, and who asks. */
export type S3Settings = {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

type Env = Readonly<Record<string, string | undefined>>;

/** Settings for `s3://bucket/prefix`, the rest from the environment. Throws `config_invalid` naming what is missing. */
export function s3SettingsFrom(to: string, env: Env): S3Settings {
  const { host, pathname } = new URL(to);
  const accessKeyId = env["VERBATIM_S3_ACCESS_KEY_ID"] ?? env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["VERBATIM_S3_SECRET_ACCESS_KEY"] ?? env["AWS_SECRET_ACCESS_KEY"];
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new VerbatimError(
      "config_invalid",
      `${to} needs VERBATIM_S3_ACCESS_KEY_ID and VERBATIM_S3_SECRET_ACCESS_KEY in the environment of verbatim up (docs/retention.md)`,
    );
  const endpoint = env["VERBATIM_S3_ENDPOINT"];
  const region = env["VERBATIM_S3_REGION"] ?? env["AWS_REGION"];
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  return { bucket: host, prefix, endpoint, region, accessKeyId, secretAccessKey };
}

/** Opens the bucket. Nothing is asked of it before something is wanted. */
export function openS3Copies(settings: S3Settings): CopyPlace {
  const { prefix, bucket, endpoint, region, accessKeyId, secretAccessKey } = settings;
  const client = new Bun.S3Client({
    ...{ bucket, accessKeyId, secretAccessKey },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  });
  const below = prefix === "" ? "" : `${prefix}/`;
  return {
    name: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`,
    put: async (name, path) => {
      await client.write(`${below}${name}`, Bun.file(path));
    },
    read: async (name) => {
      const file = client.file(`${below}${name}`);
      return (await file.exists()) ? file.stream() : null;
    },
    list: async () => {
      const names: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await client.list({
          prefix: below,
          ...(after === undefined ? {} : { startAfter: after }),
        });
        const keys = (page.contents ?? []).map(({ key }) => key);
        names.push(...keys.map((key) => key.slice(below.length)));
        after = keys.at(-1);
        if (page.isTruncated !== true || after === undefined) return names.toSorted();
      }
    },
    remove: async (name) => {
      await client.delete(`${below}${name}`);
    },
  };
}
