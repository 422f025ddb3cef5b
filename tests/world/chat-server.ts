/** The example chat server as its README starts it, on a port of its own. */
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../examples/chat-server/src/main.ts");

export type ChatServer = {
  readonly url: string;
  kill(): Promise<void>;
};

/** Starts it; resolves when it says where it listens. */
export async function startChatServer(verbatimUrl: string): Promise<ChatServer> {
  const env = { ...process.env, VERBATIM_URL: verbatimUrl, PORT: "0" };
  Reflect.deleteProperty(env, "VERBATIM_API_KEY");
  const program = Bun.spawn([process.execPath, MAIN], { env, stdout: "pipe", stderr: "inherit" });
  let said = "";
  for await (const piece of program.stdout) {
    said += new TextDecoder().decode(piece);
    if (said.includes("\n")) break;
  }
  const url = /http:[^ ]+?(?=\/[ ,]|,| )/.exec(said)?.[0];
  if (url === undefined) throw new Error(`the chat server did not start: ${said}`);
  return {
    url,
    kill: async () => {
      program.kill("SIGKILL");
      await program.exited;
    },
  };
}
