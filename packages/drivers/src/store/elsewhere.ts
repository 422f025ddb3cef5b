/**
 * Connections whose statements speak of another schema: what is said of
 * `verbatim` is done in the schema named. So that everything can be made anew
 * beside what is in use, by the very statements that keep it.
 *
 * Only statements are changed, never values: no name of ours is made of what
 * somebody said.
 */
import pg from "pg";

/** The schema that everything lies in, as statements have it. */
const OURS = /"verbatim"|\bverbatim(?=[.])/g;

/** A kind of connection for a pool. */
export function connectionsTo(schema: string): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const asked = this.query.bind(this);
      const query = (statement: unknown, ...rest: unknown[]): unknown =>
        Reflect.apply(asked, this, [renamed(statement, schema), ...rest]);
      Object.defineProperty(this, "query", { value: query });
    }
  };
}

function renamed(statement: unknown, schema: string): unknown {
  const of = (text: string): string =>
    text.replaceAll(OURS, (name) => (name === "verbatim" ? schema : `"${schema}"`));
  if (typeof statement === "string") return of(statement);
  if (typeof statement !== "object" || statement === null || !("text" in statement))
    return statement;
  const text = of(String(statement.text));
  // A COPY is an object of its own that the connection works with.
  return "submit" in statement ? Object.assign(statement, { text }) : { ...statement, text };
}
