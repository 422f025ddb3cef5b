/** Getting the original files back: saved here, or by the commands for it, as somebody wants them. */
import { useState } from "react";
import { CommandLine } from "../parts/command-line.tsx";
import { RestoreButton } from "../parts/restore-button.tsx";

const SOURCES = [
  ["journal", "the journal"],
  ["postgres", "Postgres alone"],
  ["checkpoints", "the checkpoints alone"],
] as const;

export function Restoring() {
  const [session, setSession] = useState("");
  const [from, setFrom] = useState("journal");
  const what = session.trim() === "" ? "--all" : session.trim();
  const command = `verbatim restore ${what} --out ./back${from === "journal" ? "" : ` --from ${from}`}`;
  return (
    <section aria-labelledby="restore">
      <h2 id="restore">Restore</h2>
      <p className="soft">
        The files as they were heard, byte for byte, with their paths and times.
      </p>
      <div className="bar">
        <label className="wide">
          <span className="soft">session</span>
          <input
            placeholder="all of them"
            value={session}
            onChange={(event) => setSession(event.target.value)}
          />
        </label>
        <label>
          <span className="soft">from</span>
          <select value={from} onChange={(event) => setFrom(event.target.value)}>
            {SOURCES.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {from === "journal" ? <RestoreButton session={session.trim()} /> : null}
      <p className="soft">
        Or into a folder on the machine that records; that works with nothing running.
      </p>
      <p>See first what would be written, and nothing is:</p>
      <CommandLine command={`${command} --dry-run`} />
      <p>Then write it:</p>
      <CommandLine command={command} />
    </section>
  );
}
