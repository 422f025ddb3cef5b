/** Shapes of who asks, and of the way into the dashboard. */
import { SCOPES } from "@verbatim/core";
import { z } from "zod";
import type { Me } from "../contract.ts";
import { shape } from "./shape.ts";

const KEY_CHARS_MAX = 512;

export const loginAsk: z.ZodObject<{ key: z.ZodString }> = z.strictObject({
  key: z.string().min(1).max(KEY_CHARS_MAX).meta({ description: "as verbatim keys add showed it" }),
});

export const PAGE_SHAPES: { readonly Login: z.ZodType; readonly Me: z.ZodType<Me> } = {
  Login: shape("Login", loginAsk),
  Me: shape(
    "Me",
    z.object({
      name: z.string(),
      owner: z.string().nullable(),
      scopes: z.array(z.enum(SCOPES)).readonly(),
      via: z.enum(["key", "cookie", "loopback"]),
      token: z.string().nullable(),
    }),
  ),
};
