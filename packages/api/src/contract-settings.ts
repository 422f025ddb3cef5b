/** The part of the contract that is about how this home is set: who may ask, what words mean, what is watched. */
import type { KeyShown, Scope, Taxonomy } from "@verbatim/core";

/** GET /v1/keys: in the order they were made. */
export type KeyListing = { readonly data: readonly KeyShown[] };
/** POST /v1/keys */
export type KeyAsk = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly owner?: string | undefined;
  readonly tenant?: string | undefined;
  readonly expires_at?: string | undefined;
};
/** The token is in this answer and kept nowhere. */
export type KeyMade = { readonly key: KeyShown; readonly token: string };

/** GET /v1/taxonomy */
export type TaxonomyAnswer = {
  /** As enriched messages name it; also the ETag. */
  readonly id: string;
  /** False while the one that comes with Verbatim holds. */
  readonly own: boolean;
  /** The one that comes with Verbatim. */
  readonly standard: string;
  readonly taxonomy: Taxonomy;
};
/** POST /v1/taxonomy/preview */
export type PreviewAsk = { readonly taxonomy: unknown; readonly messages?: number | undefined };
/** What a taxonomy says of one message. */
export type Seen = {
  readonly chain_type: string;
  readonly ace_tier: string;
  readonly shl_tags: readonly string[];
};
export type PreviewChange = {
  readonly seq: number;
  readonly sub: number;
  readonly session_id: string;
  readonly author: string;
  readonly said_at: string;
  /** Its beginning. */
  readonly text: string;
  readonly before: Seen;
  readonly after: Seen;
};
/** What would be another with it, of the newest messages; nothing is changed by asking. */
export type PreviewAnswer = {
  readonly id: string;
  readonly looked_at: number;
  readonly changed: number;
  /** Messages of each domain, of either taxonomy. */
  readonly domains: readonly {
    readonly name: string;
    readonly before: number;
    readonly after: number;
  }[];
  /** The newest of those that change; `changed` says how many there are. */
  readonly changes: readonly PreviewChange[];
};
