/**
 * API keys: made, listed, revoked.
 *
 *   B33  A token is on the page once, right after its key was made: not in the
 *        address, not in what the browser keeps, and gone with the next look.
 */
import type { Me } from "@verbatim/api/contract";
import type { KeyAsk, KeyListing, KeyMade } from "@verbatim/api/contract-settings";
import type { KeyShown, Scope } from "@verbatim/core";
import { type FormEvent, useState } from "react";
import { useAsked } from "../../asking/asked.ts";
import { login, send } from "../../asking/server.ts";
import { Scroll } from "../../parts/scroll.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { useDoing } from "./doing.ts";

const PATH = "/v1/keys";
const SCOPES: Readonly<Record<Scope, string>> = {
  read: "every question",
  ingest: "recording",
  admin: "everything, and this page",
};
const DAY_MS = 86_400_000;
const LIVES: Readonly<Record<string, string>> = {
  "": "never",
  "30": "in 30 days",
  "90": "in 90 days",
  "365": "in a year",
};

export function Keys({ me }: { readonly me: Me }) {
  const { data, problem, again } = useAsked<KeyListing>(PATH);
  const [made, setMade] = useState<KeyMade | null>(null);
  const isFirst = data !== undefined && data.data.length === 0;
  return (
    <section id="keys" className="panel">
      <h2>API keys</h2>
      <p className="soft panel-note">
        {isFirst && made === null
          ? "There are none: whoever is on this machine may ask. With the first key everybody needs one, this page too."
          : "Who shows one may ask, as far as its scopes go."}
      </p>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined && problem === null ? <Waiting what="keys" /> : null}
      {made === null ? null : <Token made={made} me={me} done={() => setMade(null)} />}
      {data === undefined || data.data.length === 0 ? null : (
        <KeyTable keys={data.data} me={me} again={again} />
      )}
      <MakeKey
        isFirst={isFirst}
        made={(answer) => {
          setMade(answer);
          // With the first one this page may not ask any more until the browser has it.
          if (!isFirst) again();
        }}
      />
    </section>
  );
}

type TokenProps = { readonly made: KeyMade; readonly me: Me; readonly done: () => void };

function Token({ made, me, done }: TokenProps) {
  const { run, problem } = useDoing();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await run(() => navigator.clipboard.writeText(made.token).then(() => setCopied(true)));
  };
  return (
    <div className="token" role="status">
      <p>
        The token of <b>{made.key.name}</b>. It is shown this once and kept nowhere:
      </p>
      <p>
        <code>{made.token}</code>
      </p>
      {problem === null ? null : <Trouble problem={problem} />}
      <p className="bar">
        {/* Without https a browser has no clipboard to write to: then it is marked by hand. */}
        {navigator.clipboard === undefined ? null : (
          <button type="button" onClick={() => void copy()}>
            {isCopied ? "Copied" : "Copy"}
          </button>
        )}
        {me.via === "key" ? null : (
          <button
            type="button"
            onClick={() => void run(() => login(made.token).then(() => window.location.reload()))}
          >
            Use it in this browser
          </button>
        )}
        <button type="button" className="main" onClick={done}>
          I have it
        </button>
      </p>
    </div>
  );
}

type TableProps = {
  readonly keys: readonly KeyShown[];
  readonly me: Me;
  readonly again: () => void;
};

function KeyTable({ keys, me, again }: TableProps) {
  return (
    <Scroll label="keys">
      <table>
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">opens</th>
            <th scope="col">made</th>
            <th scope="col">ends</th>
            <th scope="col">last used</th>
            <th scope="col">
              <span className="unseen">revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.name} shown={key} isMine={key.name === me.name} again={again} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

type RowProps = {
  readonly shown: KeyShown;
  /** Asked with it now. */
  readonly isMine: boolean;
  readonly again: () => void;
};

function KeyRow({ shown, isMine, again }: RowProps) {
  const { name, created_at, expires_at, last_used, standing } = shown;
  const { isBusy, problem, run } = useDoing();
  const revoke = async (): Promise<void> => {
    if (await run(() => send("DELETE", `${PATH}/${encodeURIComponent(name)}`))) again();
  };
  return (
    <tr className={standing === "active" ? undefined : "soft"}>
      <th scope="row">
        {name} {standing === "active" ? null : <small>({standing})</small>}
        {isMine ? <small>(this browser)</small> : null}
        {problem === null ? null : <p className="bad">{problem.message}</p>}
      </th>
      <td>{opensText(shown)}</td>
      <td>
        <Time at={created_at} brief />
      </td>
      <td>{expires_at === null ? "never" : <Time at={expires_at} brief />}</td>
      <td>{last_used === null ? "never" : <Time at={last_used} brief />}</td>
      <td>
        {standing === "active" ? (
          <Revoke name={name} isMine={isMine} isBusy={isBusy} revoke={() => void revoke()} />
        ) : null}
      </td>
    </tr>
  );
}

function opensText({ scopes, owner, tenant }: KeyShown): string {
  const whose = owner === null ? "of everything" : `of what ${owner} said`;
  return `${scopes.join(", ")} ${whose}${tenant === "default" ? "" : ` (tenant ${tenant})`}`;
}

type RevokeProps = {
  readonly name: string;
  readonly isMine: boolean;
  readonly isBusy: boolean;
  readonly revoke: () => void;
};

/** Asked twice: a revoked key is so for good. */
function Revoke({ name, isMine, isBusy, revoke }: RevokeProps) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked)
    return (
      <button type="button" aria-label={`Revoke ${name}`} onClick={() => setAsked(true)}>
        Revoke
      </button>
    );
  return (
    <>
      <button type="button" className="bad" disabled={isBusy} onClick={revoke}>
        {isMine ? "Revoke and be logged out" : "Revoke for good"}
      </button>{" "}
      <button type="button" onClick={() => setAsked(false)}>
        Keep
      </button>
    </>
  );
}

type MakeProps = { readonly isFirst: boolean; readonly made: (answer: KeyMade) => void };

function MakeKey({ isFirst, made }: MakeProps) {
  const { isBusy, problem, run } = useDoing();
  const [name, setName] = useState("");
  const [said, setScopes] = useState<readonly Scope[] | null>(null);
  const scopes: readonly Scope[] = said ?? (isFirst ? ["read", "ingest", "admin"] : ["read"]);
  const [owner, setOwner] = useState("");
  const [days, setDays] = useState("");
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const ask: KeyAsk = {
      name: name.trim(),
      scopes,
      ...(owner.trim() === "" ? {} : { owner: owner.trim() }),
      ...(days === ""
        ? {}
        : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
    };
    const isDone = await run(async () => made(await send<KeyMade>("POST", PATH, ask)));
    if (isDone) setName("");
  };
  const isLockedOut = isFirst && !scopes.includes("admin");
  return (
    <form className="make" onSubmit={(event) => void make(event)}>
      <h3>Make a key</h3>
      <div className="bar">
        <label>
          <span className="soft">name</span>
          <input
            required
            value={name}
            pattern="[\w.:@\-]{1,100}"
            title="letters, digits and . _ : @ -"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          <span className="soft">of one user alone</span>
          <input
            value={owner}
            placeholder="of everything"
            onChange={(event) => setOwner(event.target.value)}
          />
        </label>
        <label>
          <span className="soft">ends</span>
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            {Object.entries(LIVES).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <fieldset className="one-of">
          <legend className="soft">may do</legend>
          {(Object.entries(SCOPES) as [Scope, string][]).map(([scope, text]) => (
            <label key={scope} title={text} className="tick-box">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(
                    target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope),
                  )
                }
              />
              {scope}
            </label>
          ))}
        </fieldset>
        <button type="submit" className="main" disabled={isBusy || scopes.length === 0}>
          Make it
        </button>
      </div>
      {isLockedOut ? (
        <p className="bad">
          The first key without admin: then keys can only be made on the command line.
        </p>
      ) : null}
      {problem === null ? null : <Trouble problem={problem} />}
    </form>
  );
}
