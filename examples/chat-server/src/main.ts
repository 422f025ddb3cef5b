/** Puts the example together and listens. VERBATIM_URL, VERBATIM_API_KEY, PORT. */
import { createClient } from "@verbatim/client";
import { createChatServer } from "./app.ts";
import { listener } from "./reply.ts";

const {
  VERBATIM_URL: url = "http://127.0.0.1:4400",
  VERBATIM_API_KEY: key,
  PORT = "4500",
} = process.env;
const app = createChatServer(createClient({ url, key }), listener);
const server = Bun.serve({ hostname: "127.0.0.1", port: Number(PORT), fetch: app.fetch });
console.log(`chat server at ${server.url.href}, recording with ${url}`);
