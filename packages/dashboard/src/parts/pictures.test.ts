/** Pictures in records. */
import { expect, test } from "bun:test";
import { isPicture, picturesIn } from "./pictures.ts";

const source = (media_type: string, data: string) => ({ type: "base64", media_type, data });

test("pictures are found where messages have them, in their order", () => {
  const record = JSON.stringify({
    message: {
      content: [
        { type: "text", text: "look" },
        { type: "image", source: source("image/png", "AAAA") },
        { type: "tool_result", content: [{ type: "image", source: source("image/jpeg", "BBBB") }] },
        { type: "image_url", image_url: { url: "data:image/webp;base64,CCCC" } },
        { type: "input_image", image_url: "data:image/gif;base64,DDDD" },
      ],
    },
  });
  expect(picturesIn(record).map(({ base64 }) => base64)).toEqual(["AAAA", "BBBB", "CCCC", "DDDD"]);
});

test("what would run, or is no picture, is none", () => {
  expect(isPicture("image/svg+xml")).toBe(false);
  for (const record of [
    "no JSON",
    JSON.stringify(source("image/svg+xml", "AAAA")),
    JSON.stringify(source("image/png", "<script>")),
    JSON.stringify(source("text/html", "AAAA")),
    JSON.stringify({ url: "https://elsewhere.example/a.png" }),
    JSON.stringify({ url: "data:text/html;base64,AAAA" }),
  ])
    expect(picturesIn(record)).toEqual([]);
});
