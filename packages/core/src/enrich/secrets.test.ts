import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Message, SecretKind } from "../message/message.ts";
import { enrich } from "./enrich.ts";
import { SECRETS_MAX, secretsIn, withoutSecrets } from "./secrets.ts";

/** Made when the test runs: no scanner of this tree shall find a secret in it. */
const body = (length: number, alphabet = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z") =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + (at >> 3)) % alphabet.length]).join("");
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const MESSAGE: Message = {
  id: "m",
  session_id: "s",
  source: "api",
  author: { name: "ada", role: "user" },
  said_at: "2026-01-01T00:00:00.000Z",
  heard_at: "2026-01-01T00:00:00.000Z",
  seq: 1,
  sub: 0,
  kind: "message",
  parts: [],
  text: "",
  meta: {},
};
const UPPER = "A2B3C4D5E6F7G8H9";

const SECRETS: readonly (readonly [SecretKind, string, string, string])[] = [
  ["aws_access_key", "id ", `AKIA${body(16, UPPER)}`, " of ada"],
  ["github_token", "use ", `ghp_${body(36)}`, ", please"],
  ["github_token", "Authorization: Bearer ", `github_pat_${body(82)}`, "\n"],
  ["slack_token", "'", `xoxb-12345678901-${body(24)}`, "'"],
  ["slack_webhook", "https://hooks.slack.com/services/", `T0123/B0123/${body(24)}`, ""],
  ["anthropic_key", "export ANTHROPIC_API_KEY=", `sk-ant-api03-${body(90)}`, ""],
  ["openai_key", "OPENAI_API_KEY=", `sk-proj-${body(48)}`, ""],
  ["npm_token", "//registry/:_authToken=", `npm_${body(36)}`, "\n"],
  ["gcp_key", "?key=", `AIza${body(35)}`, "&x"],
  ["stripe_key", "", `sk_live_${body(24)}`, ""],
  ["jwt", "Bearer ", `eyJ${body(20)}.eyJ${body(40)}.${body(43)}`, "."],
  [
    "private_key",
    "see:\n",
    `-----BEGIN RSA PRIVATE KEY-----\n${body(200)}\n`,
    "-----END RSA PRIVATE KEY-----",
  ],
  [
    "private_key",
    '{"private_key":"',
    `-----BEGIN PRIVATE KEY-----\\n${body(64)}\\n`,
    '-----END PRIVATE KEY-----\\n"}',
  ],
  ["url_password", "postgres://ada:", "s3cr3t", "@db:5432/x"],
  ["url_password", "redis://:", body(20), "@cache"],
  ["password", "password=", "k9$Lw2!pQz", " and go"],
  ["password", '{"clientSecret": "', body(24), '"}'],
  ["password", "aws_secret_access_key = ", `${body(20)}/${body(19)}`, "\n"],
  ["password", "TOKEN: '", body(12), "'"],
];

test("Z1: each kind is found at its place, in any text around it", () => {
  for (const [kind, before, value, after] of SECRETS) {
    const around = fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(around, ([head, tail]) => {
        const text = `${head}\n${before}${value}${after}\n${tail}`;
        const start = head.length + 1 + before.length;
        expect(secretsIn(text)).toContainEqual({ kind, start, end: start + value.length });
      }),
      { numRuns: 20 },
    );
  }
});

test("what only looks like a secret is none", () => {
  for (const text of [
    "",
    "the token of the password is a secret",
    "password: see the vault",
    "password=$PASSWORD1234",
    "password = process.env.DB_PASSWORD1",
    "token: '<your-token-123>'",
    "const token = tokens.next2;",
    "secret: /run/secrets/db1",
    "input_tokens: 1048576",
    "https://ada@example.com/a:b@c",
    "https://ada:$PASSWORD@db",
    "sk-learn-is-a-library-for-learning-machines",
    `commit ${body(40, "0123456789abcdef")}`,
    "task-ghp_short",
    "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
    "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9 is the head of many",
    "AKIA is how their ids begin",
  ])
    expect([text, secretsIn(text)]).toEqual([text, []]);
});

test("places come in order and apart, and a dump has an end", () => {
  const [first, second] = [`ghp_${body(36)}`, `npm_${body(36)}`];
  const text = `token=${second} password=${first}`;
  expect(secretsIn(text).map(({ kind }) => kind)).toEqual(["npm_token", "github_token"]);
  expect(secretsIn(`${first}\n`.repeat(SECRETS_MAX + 5))).toHaveLength(SECRETS_MAX);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...SECRETS), { maxLength: 20 }), (some) => {
      let end = 0;
      for (const one of secretsIn(some.map((parts) => parts.slice(1).join("")).join("\n"))) {
        expect(one.start).toBeGreaterThanOrEqual(end);
        end = one.end;
        expect(end).toBeGreaterThan(one.start);
      }
    }),
  );
});

test("Z1: no keyword and no tag is taken out of a secret", () => {
  for (const [kind, before, value, after] of SECRETS) {
    const text = `${before}${value}${after} and the engine @${value} said ${value} again`;
    const { keywords, shl_tags, secrets, explain } = enrich({ ...MESSAGE, text }, sha256);
    expect(secrets.map((one) => one.kind)).toContain(kind);
    expect(keywords).toContain("engine");
    const worked = JSON.stringify([keywords, shl_tags, explain]).toLowerCase();
    for (let at = 0; at + 12 <= value.length; at += 1)
      expect(worked).not.toContain(value.slice(at, at + 12).toLowerCase());
    if (value.length < 12) expect(worked).not.toContain(value.toLowerCase());
  }
});

test("a value is left out wherever it is said", () => {
  const value = body(14);
  const text = `password=${value}; later ${value} was refused`;
  expect(withoutSecrets(text, secretsIn(text), 1000)).toBe("password= ; later   was refused");
  expect(withoutSecrets("nothing", [], 4)).toBe("noth");
});

test("Z2: texts made to be slow are read to their end", () => {
  const parts = [
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN A A A A ",
    "sk-",
    "sk-a",
    "ghp_",
    "xoxb-",
    "eyJaaaaaaaaaaaa.",
    "eyJa",
    "://a:",
    "ab://x:y",
    "password=",
    "password: ",
    'token"',
    "AKIA",
    "AIza",
    "hooks.slack.com/services/a/b/",
    "api_key = ",
    "a",
    "-",
  ];
  // A rule that looks at the rest of the text at each place would take hours for these.
  for (const part of parts)
    expect(secretsIn(part.repeat(Math.ceil(2_000_000 / part.length))).length).toBeLessThanOrEqual(
      SECRETS_MAX,
    );
}, 60_000);
