/** An export from the wish to the file: asked for, followed, and saved by the browser. */
import type { ExportAccepted, ExportState } from "@verbatim/api/contract";
import { bytesText, countText, manyText } from "../parts/figures.tsx";
import { ask, Refusal, send } from "./server.ts";

/** What is wished for. */
export type ExportWish = {
  readonly format: string;
  readonly redact: boolean;
  /** One session, or all of them where it is empty. */
  readonly session: string;
};

/** Between looks at how far it is. */
const LOOK_MS = 400;

/** Makes it and saves its file; `told` hears how far it is, in percent. Gives the file's name. */
export async function exportFile(
  wish: ExportWish,
  told: (percent: number) => void,
): Promise<string> {
  return (await made(wish, told)).name;
}

/** The original files, saved as one; gives what they came to, in words. */
export async function restoreFiles(
  session: string,
  told: (percent: number) => void,
): Promise<string> {
  const { name, originals } = await made({ format: "original", redact: false, session }, told);
  if (originals === null) return `Saved ${name}.`;
  const { files, bytes, not_whole, forgotten } = originals;
  const left = [
    ...(forgotten === 0 ? [] : [`${countText(forgotten)} forgotten and left out`]),
    ...(not_whole === 0 ? [] : [`${countText(not_whole)} not whole`]),
  ];
  const what = `${manyText(files, "file")}, ${bytesText(bytes)}`;
  return `Saved ${[`${name}: ${what}`, ...left].join("; ")}. SHA256SUMS in it has the digest of each.`;
}

type Made = { readonly name: string } & Pick<ExportState, "originals">;

async function made(
  { format, redact, session }: ExportWish,
  told: (percent: number) => void,
): Promise<Made> {
  const { id } = await send<ExportAccepted>("POST", "/v1/exports", {
    format,
    redact,
    ...(session === "" ? { all: true } : { session }),
  });
  for (;;) {
    const state = await ask<ExportState>(`/v1/exports/${encodeURIComponent(id)}`);
    told(state.percent);
    if (state.state === "completed" && state.file !== null) {
      save(exportAddress(state.id), state.file.name);
      return { name: state.file.name, originals: state.originals };
    }
    if (state.state === "failed" || state.state === "cancelled")
      throw new Refusal(
        0,
        "failed",
        `the export was not made: ${state.failed_why ?? "nobody says why"}`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Where the file of an export is. */
export function exportAddress(id: string): string {
  return `/v1/exports/${encodeURIComponent(id)}/file`;
}

/** Lets the browser save what lies at an address. */
function save(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
