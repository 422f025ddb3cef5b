/** The first page: whether everything that was heard is safe and settled, in numbers. */
import { html } from "hono/html";
import type { Health, StatusAnswer } from "../contract.ts";
import { layout, type Piece } from "./layout.ts";

/** Often enough to watch an import, seldom enough to leave open. */
const REFRESH_S = 5;

/** The page, as of this status. */
export function homePage(status: StatusAnswer, health: Health): Piece {
  const bad = health.checks.filter((one) => !one.ok);
  return layout(
    "Verbatim",
    html`<main>
<h1>Verbatim</h1>
<p>The flight recorder and memory of AI-agent conversations.</p>
<div class="sum">
${figure("heard", status.heard)}${figure("stored", status.stored)}${figure("aside", status.aside)}${figure("behind", status.behind)}${figure("messages", status.messages)}${figure("sessions", status.sessions)}
</div>
<p>${bad.length === 0 ? "Records go all the way through." : html`<span class="bad">Records do not go all the way through: ${bad.map((one) => one.name).join(", ")}.</span>`} <span class="soft">heard = stored + aside + behind</span></p>
<table><tbody>${health.checks.map((one) => html`<tr><td>${one.name}</td><td class="${one.ok ? "" : "bad"}">${one.ok ? "ok" : "not ok"}</td><td>${one.fact}</td></tr>`)}</tbody></table>
<nav><a href="/docs">HTTP API</a><a href="/v1/messages?order=desc&amp;limit=20">Newest messages</a><a href="/v1/sessions">Sessions</a><a href="/v1/aside">Set aside</a><a href="/v1/status">Status</a><a href="/metrics">Metrics</a></nav>
</main>`,
    REFRESH_S,
  );
}

function figure(name: string, value: number | null): Piece {
  return html`<div><b>${value === null ? "?" : value.toLocaleString("en")}</b><span class="soft">${name}</span></div>`;
}
