/** Conversations (a chat server's handles, such as `telegram:123`) and citations. */
import type { Caller, CallOptions } from "./calling.ts";
import { ApiError } from "./errors.ts";
import type { Answer, Body, Query } from "./wire.ts";

const ONE = "/v1/conversations/{id}";
type One = typeof ONE;

/** Which user's conversation, for a key that may name any user. */
type OfUser = CallOptions & { readonly user?: string | undefined };

export interface Conversations {
  /** The session it is in; begins one when it is in none. Two who ask at once get the same. */
  resolve(
    id: string,
    ask?: Body<`POST ${One}/resolve`>,
    how?: CallOptions,
  ): Promise<Answer<`POST ${One}/resolve`>>;
  get(id: string, how?: OfUser): Promise<Answer<`GET ${One}`>>;
  exists(id: string, how?: OfUser): Promise<boolean>;
  /** Points it at a session that is there. */
  put(id: string, ask: Body<`PUT ${One}`>, how?: CallOptions): Promise<Answer<`PUT ${One}`>>;
  /** The conversation is in no session any more; its sessions stay. */
  delete(id: string, how?: OfUser): Promise<void>;
  /** Goes on in a new session that knows nothing of the old one. */
  clear(
    id: string,
    ask?: Body<`POST ${One}/clear`>,
    how?: CallOptions,
  ): Promise<Answer<`POST ${One}/clear`>>;
  /** Goes on in a new session that knows a summary of the old one: yours, or one taken from what was said. */
  compact(
    id: string,
    ask?: Body<`POST ${One}/compact`>,
    how?: CallOptions,
  ): Promise<Answer<`POST ${One}/compact`>>;
  /** Conversations of a user. */
  list(
    asked?: Query<"GET /v1/conversations">,
    how?: CallOptions,
  ): Promise<Answer<"GET /v1/conversations">>;
}

/** Conversations through this caller. */
export function conversationsOf({ call }: Caller): Conversations {
  const get: Conversations["get"] = (id, { user, ...how } = {}) =>
    call(`GET ${ONE}`, { ...how, path: [id], query: { user } });
  return {
    resolve: (id, body = {}, how) => call(`POST ${ONE}/resolve`, { ...how, path: [id], body }),
    get,
    exists: async (id, how) => {
      try {
        await get(id, how);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return false;
        throw error;
      }
    },
    put: (id, body, how) => call(`PUT ${ONE}`, { ...how, path: [id], body }),
    delete: async (id, { user, ...how } = {}) => {
      await call(`DELETE ${ONE}`, { ...how, path: [id], query: { user } });
    },
    clear: (id, body = {}, how) => call(`POST ${ONE}/clear`, { ...how, path: [id], body }),
    compact: (id, body = {}, how) => call(`POST ${ONE}/compact`, { ...how, path: [id], body }),
    list: (query = {}, how) => call("GET /v1/conversations", { ...how, query }),
  };
}

export interface Citations {
  list(asked?: Query<"GET /v1/citations">, how?: CallOptions): Promise<Answer<"GET /v1/citations">>;
  get(id: string, how?: CallOptions): Promise<Answer<"GET /v1/citations/{id}">>;
  /** Says whether it is verified, disputed or revoked; every judgement stays in its trail. */
  judge(
    id: string,
    ask: Body<"POST /v1/citations/{id}/judge">,
    how?: CallOptions,
  ): Promise<Answer<"POST /v1/citations/{id}/judge">>;
}

/** Citations through this caller. */
export function citationsOf({ call }: Caller): Citations {
  return {
    list: (query = {}, how) => call("GET /v1/citations", { ...how, query }),
    get: (id, how) => call("GET /v1/citations/{id}", { ...how, path: [id] }),
    judge: (id, body, how) => call("POST /v1/citations/{id}/judge", { ...how, path: [id], body }),
  };
}
