/** The way in where the server wants a key. */
import { type FormEvent, useState } from "react";
import { useSWRConfig } from "swr";
import { useLocation } from "wouter";
import { login, Refusal } from "../asking/server.ts";
import { Trouble } from "../parts/states.tsx";

export function LoginPage() {
  const [problem, setProblem] = useState<Refusal | null>(null);
  const [, go] = useLocation();
  const { mutate } = useSWRConfig();
  const enter = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get("key");
    try {
      await login(typeof key === "string" ? key.trim() : "");
      await mutate(() => true);
      go("/");
    } catch (error) {
      setProblem(error instanceof Refusal ? new Refusal(0, error.code, error.message) : null);
    }
  };
  return (
    <article className="narrow">
      <h1>Log in</h1>
      <p>
        This server answers those who have a key. <code>verbatim keys add NAME --scope read</code>{" "}
        makes one.
      </p>
      <form onSubmit={(event) => void enter(event)}>
        <label>
          API key
          <input name="key" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit">Log in</button>
      </form>
      {problem === null ? null : <Trouble problem={problem} />}
    </article>
  );
}
