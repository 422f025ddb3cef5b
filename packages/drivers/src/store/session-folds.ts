/** What the head of a session holds of its fold. */
import type { StoredFields } from "@verbatim/core/sessions";

/** `kept` is null of a head that was written before there were folds. */
export type HeadFold = {
  readonly kept: StoredFields | null;
  readonly messages: number;
  readonly notes: number;
  readonly events: number;
};

/** Of a session of which nothing was heard. */
export const NO_FIELDS: StoredFields = { metadata: {}, emotion: {}, context_snapshot: {} };
