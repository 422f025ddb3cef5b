/** Forgetting on the wire. */
import { FORGET_STEPS } from "@verbatim/core/forget";
import { sessionName } from "@verbatim/core/sessions";
import { z } from "zod";
import type { ForgetAsk, ForgetListing, ForgetReceipt } from "../contract.ts";
import { count, shape, utc } from "./shape.ts";

/** Longest reason: it is kept for ever. */
const REASON_CHARS_MAX = 500;

/** Why; said in a DELETE as ?reason=. */
export const reasonField: z.ZodOptional<z.ZodString> = z
  .string()
  .max(REASON_CHARS_MAX)
  .optional()
  .meta({ description: "why, in your words; kept for ever, so name nobody" });

const digest = z.string().optional().meta({ description: "sha-256, as hex" });
const receipt: z.ZodType<ForgetReceipt> = shape(
  "ForgetReceipt",
  z.object({
    receipt_id: z.string(),
    state: z.enum(["pending", "done"]),
    step: z.enum(FORGET_STEPS),
    seq: count,
    asked_at: utc,
    done_at: utc.nullable(),
    what: z.object({
      session_sha256: digest,
      message_sha256: digest,
      user_sha256: digest,
      conversation_sha256: digest,
      files_sha256: z.array(z.string()).readonly().optional().meta({
        description:
          "files that retention.json says are too old, each as sha-256 of source and path",
      }),
      before: utc.optional(),
      sessions_sha256: z.array(z.string()).readonly().optional(),
    }),
    reason: z.string().nullable(),
    counts: z.record(z.string(), z.number()),
    notes: z.array(z.string()).readonly(),
    problem: z.string().nullable(),
  }),
);

export const FORGET_SHAPES: {
  readonly ForgetAsk: z.ZodType<ForgetAsk>;
  readonly ForgetReceipt: z.ZodType<ForgetReceipt>;
  readonly ForgetListing: z.ZodType<ForgetListing>;
} = {
  ForgetAsk: shape(
    "ForgetAsk",
    z.strictObject({
      session_id: sessionName.optional(),
      message_id: sessionName
        .optional()
        .meta({ description: "of that session, one message alone" }),
      user_id: sessionName.optional(),
      conversation_id: sessionName.optional(),
      reason: reasonField,
    }),
  ),
  ForgetReceipt: receipt,
  ForgetListing: shape("ForgetListing", z.object({ data: z.array(receipt).readonly() })),
};
