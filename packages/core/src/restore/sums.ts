/** The proof of files that were given back: a line for each, as sha256sum writes and checks them. */
type Sum = { readonly sha256: string; readonly file: string };

/** One line a file, in an order that does not depend on when each was done. */
export function proofText(files: readonly Sum[]): string {
  return files
    .map(({ sha256, file }) => `${sha256}  ${file}\n`)
    .toSorted()
    .join("");
}

/** The same as a file for `sha256sum -c`: names with line ends are spelled as it spells them, and what has to be said stands above. */
export function sumsText(files: readonly Sum[], said: readonly string[]): string {
  const lines = files.map(({ sha256, file }) => {
    const name = file.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
    return `${name === file ? "" : "\\"}${sha256}  ${name}\n`;
  });
  return [...said.map((one) => `# ${one.replaceAll(/[\r\n]/g, "?")}\n`), ...lines.toSorted()].join(
    "",
  );
}
