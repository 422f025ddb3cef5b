import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  conversationsKey,
  KEYS,
  sessionKeys,
  sessionMember,
  sessionOfMember,
  userSessionsKey,
} from "../names.ts";
import { citedBy, URI_KINDS, uriOf } from "./uri.ts";

const id = fc.oneof(
  fc.constantFrom("tg:1", "a/b", "%", "..", " "),
  fc.string({ unit: "grapheme", minLength: 1 }),
);

test("K7: what a URI was made of is read back from it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...URI_KINDS),
      fc.array(id, { minLength: 1, maxLength: 3 }),
      (kind, ids) => {
        const uri = uriOf("if", kind, ...ids);
        expect(uri).toMatch(/^if:\/\/[a-z]+(\/[A-Za-z0-9_.~%-]+)+$/);
        expect(citedBy("if", uri)).toEqual({ kind, ids });
        expect(citedBy("other", uri)).toBeNull();
      },
    ),
  );
});

test("K7: what is no URI of ours names nothing", () => {
  for (const uri of [
    "",
    "if://",
    "if://citation",
    "if://doc/a",
    "if://citation/%zz",
    "x if://citation/a",
  ])
    expect(citedBy("if", uri)).toBeNull();
  expect(uriOf("if", "export", "telegram:1", "e-1")).toBe("if://export/telegram%3A1/e-1");
});

test("K7: no id reaches into another's keys in Redis", () => {
  fc.assert(
    fc.property(id, id, id, id, (user, session, other, another) => {
      const isSame = user === other && session === another;
      const [ours, theirs] = [sessionKeys(user, session), sessionKeys(other, another)];
      expect(ours.metadata === theirs.metadata).toBe(isSame);
      expect(Object.values(ours).every((key) => key.startsWith("verbatim:session:"))).toBe(true);
      expect(new Set(Object.values(ours)).size).toBe(Object.keys(ours).length);
      expect(sessionOfMember(sessionMember(user, session))).toEqual({
        user_id: user,
        session_id: session,
      });
    }),
  );
  expect(sessionKeys("tg:1", "{s}").metadata).toBe("verbatim:session:tg%3A1:%7Bs%7D:metadata");
  expect(userSessionsKey("tg:1")).toBe("verbatim:sessions:user:tg%3A1:index");
  expect(conversationsKey("telegram:123")).toBe("verbatim:conv:telegram%3A123");
  expect(KEYS.sessionsGlobal).toBe("verbatim:sessions:global:active");
  for (const member of ["a", "a:b:c", "%zz:b"]) expect(sessionOfMember(member)).toBeNull();
});
