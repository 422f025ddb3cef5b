/** What a page shows when it has nothing to show yet, nothing at all, or a problem. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Refusal } from "../asking/server.ts";

/** While the first answer is on its way. Says nothing for readers of screens until it stays. */
export function Waiting({ what }: { readonly what: string }) {
  return (
    <p className="soft waiting" role="status">
      Loading {what} …
    </p>
  );
}

/** Nothing is there; what would bring something. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, in the server's words, and the way on. */
export function Trouble({
  problem,
  again,
}: {
  readonly problem: Refusal;
  readonly again?: () => void;
}) {
  if (problem.status === 401)
    return (
      <p className="trouble" role="alert">
        This server wants a key. <Link href="/login">Log in</Link>
      </p>
    );
  return (
    <p className="trouble" role="alert">
      {problem.message}{" "}
      {again === undefined ? null : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </p>
  );
}
