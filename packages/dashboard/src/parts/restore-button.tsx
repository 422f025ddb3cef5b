/** The original files with one click: asked for, followed, and saved by the browser. */
import { useState } from "react";
import { useDoing } from "../asking/doing.ts";
import { restoreFiles } from "../asking/exporting.ts";
import { Progress } from "./bars.tsx";
import { Trouble } from "./states.tsx";

/** `session` is empty for all of them. */
export function RestoreButton({ session }: { readonly session: string }) {
  const [percent, setPercent] = useState<number | null>(null);
  const { isDoing, problem, said, run } = useDoing();
  const start = async (): Promise<string> => {
    setPercent(0);
    try {
      return await restoreFiles(session, setPercent);
    } finally {
      setPercent(null);
    }
  };
  return (
    <div>
      <div className="bar">
        <button type="button" disabled={isDoing} onClick={() => run(start)}>
          {session === "" ? "Save all original files" : "Save the original files"}
        </button>
        {percent === null ? null : (
          <span className="export-bar">
            <Progress part={percent / 100} label="how far the restore is" />
          </span>
        )}
        <span role="status" className="soft">
          {said}
        </span>
      </div>
      {problem === null ? null : <Trouble problem={problem} />}
    </div>
  );
}
