/**
 * Taking a chart along: its numbers as CSV, its picture as PNG.
 *
 *   B32  No cell of a CSV is run as a formula by whoever opens it in a spreadsheet.
 */

type Cells = readonly (string | number | null)[];
/** Rows under their names. */
export type Table = { readonly names: readonly string[]; readonly rows: readonly Cells[] };

/** Drawn larger than on the page, so that print is sharp. */
const SCALE = 2;
/** What a picture needs of the page's styles. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
] as const;

/** RFC 4180, with a mark that says it is UTF-8. */
export function csvText({ names, rows }: Table): string {
  return `\uFEFF${[names, ...rows].map((row) => row.map(cellText).join(",")).join("\r\n")}\r\n`;
}

function cellText(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const calm = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(calm) ? `"${calm.replaceAll('"', '""')}"` : calm;
}

/** Gives the browser a file to keep. */
export function keep(name: string, bytes: Blob): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A drawing as it looks now, as a PNG on the page's paper. */
export async function pngOf(drawing: SVGSVGElement): Promise<Blob> {
  const { width, height } = drawing.getBoundingClientRect();
  const copy = dressed(drawing);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * SCALE);
  canvas.height = Math.ceil(height * SCALE);
  const paint = canvas.getContext("2d");
  if (paint === null) throw new Error("this browser draws no pictures");
  paint.fillStyle = getComputedStyle(document.body).backgroundColor;
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("the picture could not be made"));
      else resolve(blob);
    }, "image/png"),
  );
}

/** A copy that carries its styles itself: the picture knows no style sheet. */
function dressed(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const worn = [drawing, ...drawing.querySelectorAll("*")];
  for (const [at, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const from = worn[at];
    if (from === undefined) continue;
    const style = getComputedStyle(from);
    for (const name of STYLES) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
    element.removeAttribute("href");
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return copy;
}
