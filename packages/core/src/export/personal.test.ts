import { expect, test } from "bun:test";
import fc from "fast-check";
import { personalIn } from "./personal.ts";

const kindsIn = (text: string): readonly string[] =>
  personalIn(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

test("Z3: addresses and numbers of people are found", () => {
  for (const [text, ...found] of [
    [
      "write to ada@example.com, or a.b+c@mail.example.co.uk.",
      "email ada@example.com",
      "email a.b+c@mail.example.co.uk",
    ],
    [
      "call +49 171 1234567 or (415) 555-0123 or 0171/1234567",
      "phone +49 171 1234567",
      "phone (415) 555-0123",
      "phone 0171/1234567",
    ],
    [
      "card 4111 1111 1111 1111, 378282246310005",
      "card 4111 1111 1111 1111",
      "card 378282246310005",
    ],
    ["IBAN DE89 3704 0044 0532 0130 00", "iban DE89 3704 0044 0532 0130 00"],
    ["from 203.0.113.7:443 and 2001:db8::7334", "ip 203.0.113.7", "ip 2001:db8::7334"],
    ["http://198.51.100.1/admin", "ip 198.51.100.1"],
  ])
    expect(kindsIn(text ?? "")).toEqual(found);
});

test("Z3: paths, uuids, hashes, versions and times are left alone", () => {
  for (const text of [
    "/home/ada/src/app@1.2.3.4/file-2026-11-21.ts and C:\\Users\\ada\\x.png",
    "550e8400-e29b-41d4-a716-446655440000 9ae0f1b2c3d4e5f60718293a4b5c6d7e8f901234",
    "v1.2.3.4, version 10.0.19041.1, Chrome/120.0.99.109, pkg==1.2.3.4, Firefox/12.0.99.10",
    "2026-11-21 10:04:09 2026-11-21T10:04:09.123Z 1763719449123 12:34:56.789 10-11-2026",
    "git@github.com:org/repo.git logo@2x.png user@1000.service @@ -12,3 +14,5 @@",
    "127.0.0.1 0.0.0.0 ::1 std::vector a::b 1,234,567 12345678901234567890 4111111111111112",
    "-rw-r--r-- 1 ada ada 4096 Nov 21 13:42 notes; 100644 blob; line 1200-1400; $12,345.67",
  ])
    expect([text, kindsIn(text)]).toEqual([text, []]);
});

test("Z3: a card number or an account number with one digit changed is none", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("4111111111111111", "DE89370400440532013000"),
      fc.nat(13),
      fc.nat(8),
      (value, at, by) => {
        const place = at + 2;
        const changed = `${value.slice(0, place)}${(Number(value[place]) + 1 + by) % 10}${value.slice(place + 1)}`;
        const kinds = personalIn(`x ${changed} y`).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === "card" || kind === "iban")).toEqual([]);
      },
    ),
  );
});

test("Z3: places are in order, apart and within the text, whatever it is", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "a@b.co",
      "+4917112345678",
      "4111111111111111",
      "1.2.3.4",
      ":",
      "::",
      "0171 123456",
      "@",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      let end = 0;
      for (const place of personalIn(text)) {
        expect(place.start).toBeGreaterThanOrEqual(end);
        expect(place.end).toBeGreaterThan(place.start);
        end = place.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});
