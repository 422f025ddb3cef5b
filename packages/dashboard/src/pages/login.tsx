/** The way in where the server wants a key. */
import type { FormEvent } from "react";
import { useDoing } from "../asking/doing.ts";
import { login, Refusal } from "../asking/server.ts";
import { Trouble } from "../parts/states.tsx";

export function LoginPage() {
  const { isDoing, problem, run } = useDoing();
  const enter = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get("key");
    run(async () => {
      await login(typeof key === "string" ? key.trim() : "");
      window.location.replace("/"); // (B49)
      return null;
    });
  };
  return (
    <article className="narrow">
      <h1>Log in</h1>
      <p>
        This server answers those who have a key. <code>verbatim keys add NAME --scope read</code>{" "}
        makes one.
      </p>
      <form onSubmit={enter}>
        <label>
          API key
          <input name="key" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" disabled={isDoing}>
          Log in
        </button>
      </form>
      {problem === null ? null : (
        <Trouble problem={new Refusal(0, problem.code, problem.message)} />
      )}
    </article>
  );
}
