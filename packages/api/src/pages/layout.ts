/** What every page has: its head, its style, and a policy that lets nothing else in. */
import { html, raw } from "hono/html";

/** A piece of a page, escaped where it must be. */
export type Piece = ReturnType<typeof html>;

/** A page of ours. Without scripts, images or anything from elsewhere. */
export function layout(title: string, body: Piece, refreshS?: number): Piece {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshS === undefined ? "" : html`<meta http-equiv="refresh" content="${refreshS}">`}
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>`;
}

/** Nothing is loaded, run, framed or sent elsewhere; the one style is named by its digest. */
export function policyOf(sha256: (data: string) => string): string {
  const digest = Buffer.from(sha256(STYLE), "hex").toString("base64");
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft-ink: #5b6570; --paper: #fff; --panel: #f4f6f8; --line: #dfe3e8; --accent: #0b6e4f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft-ink: #9aa5b1; --paper: #14171a; --panel: #1d2226; --line: #2d343a; --accent: #5fd0a5; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; color: var(--ink); background: var(--paper); }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { margin: 2.6rem 0 .8rem; font-size: 1.2rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; font-weight: 600; }
h3 b { color: var(--accent); display: inline-block; min-width: 3.2rem; }
p { margin: .5rem 0; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 1rem 0; }
section { border-top: 1px solid var(--line); padding: 1.1rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .88em; }
pre { background: var(--panel); padding: .9rem 1rem; border-radius: .5rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0; }
td { padding: .25rem .9rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 9.5rem; } td:nth-child(2) { color: var(--soft-ink); width: 13rem; }
td.status { width: 4rem; }
summary { cursor: pointer; } details { margin: .4rem 0; }
.soft { color: var(--soft-ink); font-size: .9rem; } .bad { color: var(--bad); }
.sum { display: flex; flex-wrap: wrap; gap: 1.2rem 2rem; margin: 1.2rem 0; }
.sum div { min-width: 6.5rem; } .sum b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  table, tbody { display: block; } tr { display: block; padding: .35rem 0; }
  td, td:first-child, td:nth-child(2) { display: inline; padding: 0 .5rem 0 0; width: auto; }
  td:nth-child(3) { display: block; }
}
`;
