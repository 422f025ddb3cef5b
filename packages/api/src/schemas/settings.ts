/** Shapes of the settings. */
import { type AlertRuleAsk, type KeyShown, SCOPES } from "@verbatim/core";
import { z } from "zod";
import type {
  KeyAsk,
  KeyListing,
  KeyMade,
  PreviewAnswer,
  PreviewAsk,
  Seen,
  TaxonomyAnswer,
} from "../contract-settings.ts";
import { count, shape, utc } from "./shape.ts";

const TEXT_MAX = 512;
const NAME = /^[\w.:@-]{1,100}$/;
/** As many as a page of messages holds. */
const PREVIEW_MAX = 500;
const PREVIEW_USUAL = 200;

const name = z
  .string()
  .regex(NAME, "may hold letters, digits and . _ : @ -, 1 to 100 of them")
  .meta({
    description: "what it is called in lists and in the log of looks; taken once, for good",
  });
const scopes = z.array(z.enum(SCOPES)).min(1).readonly();

export const keyAsk: z.ZodType<KeyAsk> = z.strictObject({
  name,
  scopes,
  owner: z
    .string()
    .min(1)
    .max(TEXT_MAX)
    .optional()
    .meta({ description: "it opens this user's data alone; without it, everything" }),
  tenant: name.optional().meta({ description: "whose user that is; default where nobody says" }),
  expires_at: z.iso
    .datetime()
    .optional()
    .meta({ description: "UTC; without it, it does not expire" }),
});

const keyShown: z.ZodType<KeyShown> = shape(
  "Key",
  z.object({
    name: z.string(),
    tenant: z.string(),
    owner: z.string().nullable(),
    scopes,
    created_at: utc,
    expires_at: utc.nullable(),
    revoked_at: utc.nullable(),
    standing: z.enum(["active", "expired", "revoked"]),
    last_used: z.string().nullable().meta({ description: "to the minute" }),
  }),
);

const weights = z.record(z.string(), z.number());
const domain = z.object({
  about: z.string(),
  terms: weights,
  not: weights.optional(),
  paths: weights.optional(),
});
const taxonomyAnswer: z.ZodType<TaxonomyAnswer> = z.object({
  id: z.string(),
  own: z.boolean(),
  standard: z.string(),
  taxonomy: z.object({
    name: z.string(),
    version: count,
    domains: z.record(z.string(), domain),
    elsewhere: weights.optional(),
  }),
});

export const taxonomyAsk: z.ZodType<{ readonly taxonomy: unknown }> = z.strictObject({
  taxonomy: z.unknown().meta({ description: "as GET /v1/taxonomy gives one" }),
});
export const previewAsk: z.ZodType<PreviewAsk & { readonly messages: number }> = z.strictObject({
  taxonomy: z.unknown().meta({ description: "as GET /v1/taxonomy gives one" }),
  messages: z
    .number()
    .int()
    .min(1)
    .max(PREVIEW_MAX)
    .default(PREVIEW_USUAL)
    .meta({ description: "so many of the newest are looked at" }),
});
const seen: z.ZodType<Seen> = z.object({
  chain_type: z.string(),
  ace_tier: z.string(),
  shl_tags: z.array(z.string()).readonly(),
});
const preview: z.ZodType<PreviewAnswer> = z.object({
  id: z.string(),
  looked_at: count,
  changed: count,
  domains: z.array(z.object({ name: z.string(), before: count, after: count })).readonly(),
  changes: z
    .array(
      z.object({
        ...{ seq: count, sub: count, session_id: z.string(), author: z.string(), said_at: utc },
        ...{ text: z.string(), before: seen, after: seen },
      }),
    )
    .readonly(),
});

export const ruleAsk: z.ZodType<AlertRuleAsk> = z.strictObject({
  metric: z.string().max(TEXT_MAX).meta({ description: "path of a number in a report" }),
  above: z.number().optional(),
  below: z.number().optional(),
  hours: z.number().int().min(1).optional().meta({ description: "24 when left out" }),
});

/** The shapes by the names they have in the description. */
export const SETTINGS_SHAPES: {
  readonly KeyAsk: z.ZodType<KeyAsk>;
  readonly Key: z.ZodType<KeyShown>;
  readonly KeyListing: z.ZodType<KeyListing>;
  readonly KeyMade: z.ZodType<KeyMade>;
  readonly TaxonomyAnswer: z.ZodType<TaxonomyAnswer>;
  readonly TaxonomyAsk: z.ZodType;
  readonly PreviewAsk: z.ZodType;
  readonly Preview: z.ZodType<PreviewAnswer>;
  readonly RuleAsk: z.ZodType<AlertRuleAsk>;
} = {
  KeyAsk: shape("KeyAsk", keyAsk),
  Key: keyShown,
  KeyListing: shape("KeyListing", z.object({ data: z.array(keyShown).readonly() })),
  KeyMade: shape("KeyMade", z.object({ key: keyShown, token: z.string() })),
  TaxonomyAnswer: shape("TaxonomyAnswer", taxonomyAnswer),
  TaxonomyAsk: shape("TaxonomyAsk", taxonomyAsk),
  PreviewAsk: shape("PreviewAsk", previewAsk),
  Preview: shape("Preview", preview),
  RuleAsk: shape("RuleAsk", ruleAsk),
};
