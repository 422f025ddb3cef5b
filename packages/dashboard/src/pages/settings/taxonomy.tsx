/** What words mean: the domains of the taxonomy, edited as text, tried on the newest messages, then saved. */
import type { PreviewAnswer, TaxonomyAnswer } from "@verbatim/api/contract-settings";
import { useState } from "react";
import { Link } from "wouter";
import { useAsked } from "../../asking/asked.ts";
import { Refusal, send } from "../../asking/server.ts";
import { manyText } from "../../parts/figures.tsx";
import { Trouble, Waiting } from "../../parts/states.tsx";
import { useDoing } from "./doing.ts";
import { Preview } from "./preview.tsx";

const PATH = "/v1/taxonomy";
const TERMS_SHOWN = 12;

export function TaxonomyPart({ mayChange }: { readonly mayChange: boolean }) {
  const { data, problem, again } = useAsked<TaxonomyAnswer>(PATH);
  const [isOpen, setOpen] = useState(false);
  return (
    <section id="taxonomy" className="panel">
      <h2>Taxonomy</h2>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {data === undefined ? (
        problem === null ? (
          <Waiting what="the taxonomy" />
        ) : null
      ) : (
        <>
          <p className="soft panel-note">
            {data.own ? "Your own" : "The one that comes with Verbatim"}: <code>{data.id}</code>
          </p>
          <Domains answer={data} />
          {!mayChange ? null : isOpen ? (
            <Editor
              key={data.id}
              held={data}
              close={() => {
                setOpen(false);
                again();
              }}
            />
          ) : (
            <button type="button" onClick={() => setOpen(true)}>
              Edit it
            </button>
          )}
        </>
      )}
    </section>
  );
}

function Domains({ answer }: { readonly answer: TaxonomyAnswer }) {
  return (
    <div className="domains">
      {Object.entries(answer.taxonomy.domains).map(([name, { about, terms, paths }]) => {
        const words = Object.entries(terms).toSorted((a, b) => b[1] - a[1]);
        return (
          <details key={name}>
            <summary>
              <b>{name}</b>{" "}
              <small>
                {manyText(words.length, "term")},{" "}
                {manyText(Object.keys(paths ?? {}).length, "path")}
              </small>
            </summary>
            <p>{about}</p>
            <p className="soft">
              {words
                .slice(0, TERMS_SHOWN)
                .map(([word]) => word)
                .join(", ")}
              {words.length > TERMS_SHOWN ? ` and ${words.length - TERMS_SHOWN} more` : ""}
            </p>
            <Link href={`/messages?chain_type=${encodeURIComponent(name)}`}>its messages</Link>
          </details>
        );
      })}
    </div>
  );
}

type EditorProps = { readonly held: TaxonomyAnswer; readonly close: () => void };

/** What was previewed is what can be saved: another letter, and it is to be tried again. */
function Editor({ held, close }: EditorProps) {
  const { isBusy, problem, run } = useDoing();
  const [text, setText] = useState(() => JSON.stringify(held.taxonomy, null, 2));
  const [seen, setSeen] = useState<{ text: string; answer: PreviewAnswer } | null>(null);
  const isTried = seen !== null && seen.text === text;
  const headers = { "if-match": `"${held.id}"` };
  const look = (): Promise<boolean> =>
    run(async () => {
      const ask = { taxonomy: jsonOf(text) };
      setSeen({ text, answer: await send<PreviewAnswer>("POST", `${PATH}/preview`, ask) });
    });
  const save = async (): Promise<void> => {
    if (await run(() => send("PUT", PATH, { taxonomy: jsonOf(text) }, headers))) close();
  };
  const standard = async (): Promise<void> => {
    if (await run(() => send("DELETE", PATH, undefined, headers))) close();
  };
  return (
    <div className="editor">
      <label>
        <span className="soft">
          Domains with the words and phrases that speak for them, and their weights (0 to 10). Count
          version up when you change it.
        </span>
        <textarea
          rows={18}
          spellCheck={false}
          className="code"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {problem === null ? null : <Trouble problem={problem} />}
      <p className="bar">
        <button
          type="button"
          className={isTried ? "" : "main"}
          disabled={isBusy}
          onClick={() => void look()}
        >
          Try it on the newest messages
        </button>
        <button
          type="button"
          className={isTried ? "main" : ""}
          disabled={isBusy || !isTried}
          onClick={() => void save()}
        >
          Save it
        </button>
        {held.own ? (
          <button type="button" disabled={isBusy} onClick={() => void standard()}>
            Back to the one that comes with Verbatim
          </button>
        ) : null}
        <button type="button" onClick={close}>
          Leave it as it is
        </button>
      </p>
      {isTried ? (
        <Preview answer={seen.answer} />
      ) : (
        <p className="soft">
          It can be saved once it was tried. Then everything recorded is sorted anew, beside the
          work; the one before is kept in taxonomy.before.json.
        </p>
      )}
    </div>
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(0, "input_invalid", `this is no JSON yet: ${String(error)}`);
  }
}
