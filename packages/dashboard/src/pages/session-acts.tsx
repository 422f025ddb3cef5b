/** Taking a session along: as a file in some form, or as the original files it was recorded from. */
import { useState } from "react";
import { useDoing } from "../asking/doing.ts";
import { exportFile } from "../asking/exporting.ts";
import { Progress } from "../parts/bars.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { RestoreButton } from "../parts/restore-button.tsx";
import { Trouble } from "../parts/states.tsx";
import { FORMATS } from "./jobs-starting.tsx";

export function SessionActs({ session }: { readonly session: string }) {
  const [format, setFormat] = useState("md");
  const [percent, setPercent] = useState<number | null>(null);
  const [isRestoring, setRestoring] = useState(false);
  const { isDoing, problem, said, run } = useDoing();
  const start = async (): Promise<string> => {
    setPercent(0);
    try {
      return `Saved ${await exportFile({ format, redact: false, session }, setPercent)}.`;
    } finally {
      setPercent(null);
    }
  };
  return (
    <div className="session-acts">
      <div className="bar">
        <label>
          <span className="unseen">Form of the export</span>
          <select value={format} onChange={(event) => setFormat(event.target.value)}>
            {FORMATS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={isDoing} onClick={() => run(start)}>
          Export
        </button>
        <button
          type="button"
          aria-expanded={isRestoring}
          onClick={() => setRestoring(!isRestoring)}
        >
          Restore
        </button>
        {percent === null ? null : (
          <span className="export-bar">
            <Progress part={percent / 100} label="how far the export is" />
          </span>
        )}
        <span role="status" className="soft">
          {said}
        </span>
      </div>
      {problem === null ? null : <Trouble problem={problem} />}
      {isRestoring ? (
        <div>
          <p className="soft">
            The files it was recorded from, byte for byte, with their paths and times, as a tar:
          </p>
          <RestoreButton session={session} />
          <p className="soft">Or into a folder, on the machine that records:</p>
          <CommandLine command={`verbatim restore ${session} --out ./back`} />
        </div>
      ) : null}
    </div>
  );
}
