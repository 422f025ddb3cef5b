/** Puts the example together and listens. VERBATIM_URL, VERBATIM_API_KEY, PORT. */
import { createClient } from "@verbatim/client";
import { createChatServer } from "./app.ts";
import { listener } from "./reply.ts";

const {
  VERBATIM_URL: url = "http://127.0.0.1:4400",
  VERBATIM_API_KEY: key,
  PORT = "4500",
} = process.env;
// Somebody waits for the reply: better to be told soon that it cannot be now.
const client = createClient({ url, key, retries: 1, timeoutMs: 3000 });
const app = createChatServer(client, listener);
const server = Bun.serve({ hostname: "127.0.0.1", port: Number(PORT), fetch: app.fetch });
console.log(`chat server at ${server.url.href}, recording with ${url}`);
