/** A citation, as a schema; checked against its type by the compiler. */
import { z } from "zod";
import type { CitationAnswer } from "../contract-sessions.ts";
import { count, shape, utc } from "./shape.ts";

const id = z.string();
const text = z.string().nullable();

/** One citation, as it stands now. */
export const citation: z.ZodType<CitationAnswer> = shape(
  "Citation",
  z.object({
    citation_id: id,
    uri: z.string(),
    type: z.enum([
      "emotion_state_update",
      "milestone_recorded",
      "breakthrough_recorded",
      "model_switch",
      "context_update",
      "session_event",
      "conversation_event",
    ]),
    user_id: id,
    session_id: id,
    at: utc,
    seq: count,
    event: z.string(),
    confidence: z.number().min(0).max(1),
    evidence: z.array(id).readonly(),
    status: z.enum(["unverified", "verified", "disputed", "revoked"]),
    trail: z
      .array(
        z.object({
          citation_id: id,
          status: z.enum(["verified", "disputed", "revoked"]),
          why: text,
          by: text,
          at: utc,
          event_id: id,
          seq: count,
          counted: z.boolean(),
        }),
      )
      .readonly(),
  }),
);
