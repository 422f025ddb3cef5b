/** A command to be run in a terminal, and a button that takes it along. */
import { useState } from "react";

export function CommandLine({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    // Without a secure origin a browser has no clipboard to write to: then it is marked by hand.
    await navigator.clipboard?.writeText(command);
    setCopied(navigator.clipboard === undefined ? null : command);
  };
  return (
    <div className="command">
      <code>{command}</code>
      <button type="button" onClick={() => void copy()}>
        {copied === command ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
