/** A record as it was heard, and the pictures in it: asked for when somebody wants to see them. */
import { useEffect, useState } from "react";
import useSWR from "swr";
import { type Refusal, reach } from "../asking/server.ts";
import { bytesText } from "./figures.tsx";
import { picturesIn } from "./pictures.ts";

/** Longer records are shown in part; all of them can be saved. */
const CHARS_MAX = 100_000;

function addressOf(seq: number): string {
  return `/v1/messages/${seq}/raw`;
}

async function textAt(address: string): Promise<string> {
  return await (await reach(address, {})).text();
}

/** Its bytes as text, on a click. */
export function RawRecord({ seq }: { readonly seq: number }) {
  const [isShown, setShown] = useState(false);
  const { data, error } = useSWR<string, Refusal>(isShown ? addressOf(seq) : null, textAt);
  return (
    <div className="raw">
      <p className="bar">
        <button type="button" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide the record" : "Show the record as it was heard"}
        </button>
        <a href={addressOf(seq)} download={`record-${seq}.txt`}>
          Save it
        </a>
        <span className="soft">#{seq}</span>
      </p>
      {error === undefined ? null : <p className="trouble">{error.message}</p>}
      {isShown && data !== undefined ? (
        <pre>
          {data.slice(0, CHARS_MAX)}
          {data.length > CHARS_MAX ? "\n… save it to see the rest" : ""}
        </pre>
      ) : null}
    </div>
  );
}

/** The picture of a message: the `at`th of its record. */
export function Picture({
  seq,
  at,
  type,
  bytes,
}: {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly bytes: number;
}) {
  const { data, error } = useSWR<string, Refusal>(addressOf(seq), textAt, {
    revalidateOnFocus: false,
    revalidateIfStale: false,
  });
  const address = usePictureAddress(data, at);
  const words = `${type}, ${bytesText(bytes)}`;
  if (error !== undefined) return <p className="soft">{`${words}: ${error.message}`}</p>;
  if (data === undefined) return <p className="soft">{words} …</p>;
  if (address === null) return <p className="soft">{words}, not in its record</p>;
  return (
    <a href={address} download={`record-${seq}-${at}`} className="picture" title="save it">
      <img src={address} alt={words} />
    </a>
  );
}

/** An address of the picture's bytes for as long as it is looked at. */
function usePictureAddress(record: string | undefined, at: number): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const found = record === undefined ? undefined : picturesIn(record)[at];
    if (found === undefined) return;
    const bytes = Uint8Array.from(atob(found.base64), (one) => one.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: found.type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [record, at]);
  return address;
}
