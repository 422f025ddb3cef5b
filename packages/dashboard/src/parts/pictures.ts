/** Pictures inside a record: base64 beside the name of its type, as Anthropic's and OpenAI's messages have them. */

export type PictureBytes = { readonly type: string; readonly base64: string };

/** What a browser draws as a picture and nothing else; SVG is text that draws itself, and is left out. */
const DRAWN = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
/** Deeper than any record that was seen. */
const DEPTH_MAX = 40;

/** Whether a part of this type is shown as a picture. */
export function isPicture(type: string): boolean {
  return DRAWN.test(type);
}

/** All of them in the order they stand in it; none of what is no JSON. */
export function picturesIn(record: string): readonly PictureBytes[] {
  try {
    return walked(JSON.parse(record), 0);
  } catch {
    return [];
  }
}

function walked(value: unknown, depth: number): readonly PictureBytes[] {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one: unknown) => walked(one, depth + 1));
  const own = pictureOf({ ...value });
  return own === null ? Object.values(value).flatMap((one) => walked(one, depth + 1)) : [own];
}

function pictureOf(fields: Readonly<Record<string, unknown>>): PictureBytes | null {
  const { media_type: type, data, url, image_url } = fields;
  if (typeof type === "string" && typeof data === "string")
    return isPicture(type) && isBase64(data) ? { type, base64: data } : null;
  const address = typeof url === "string" ? url : image_url;
  if (typeof address !== "string") return null;
  const [, named = "", base64 = ""] = /^data:([\w/+.-]+);base64,([\s\S]*)$/.exec(address) ?? [];
  return isPicture(named) && isBase64(base64) ? { type: named, base64 } : null;
}

function isBase64(text: string): boolean {
  return text !== "" && /^[A-Za-z0-9+/\s]+=*\s*$/.test(text);
}
