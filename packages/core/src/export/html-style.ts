/** The look of exported pages: light and dark as the reader's system is, narrow and wide, and on paper. */

/** Style sheet of every page. */
export const STYLE = `:root{color-scheme:light dark;--ink:#1d2127;--soft:#5d6673;--line:#dfe3e8;--paper:#fff;--tint:#f5f6f8;--user:#eef4ff;--user-edge:#4a7bd6;--bad:#b3372f;--add:#e2f5e6;--cut:#fbe6e4;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#9aa4b1;--line:#343a43;--paper:#16191d;--tint:#1f2329;--user:#1c2738;--user-edge:#6a97e6;--bad:#f08a80;--add:#1b3a24;--cut:#45211f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:50rem;margin:0 auto;padding:2.5rem 1.25rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
dl{margin:0 0 2rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;font-size:.9rem}
dl div{display:flex;gap:1rem;padding:.1rem 0}
dt{flex:0 0 7rem;color:var(--soft)}
dd{margin:0;min-width:0}
article{margin:0 0 .75rem}
article>header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .6rem;margin:1.5rem 0 .4rem;font-size:.9rem;color:var(--soft)}
article>header b{color:var(--ink)}
article>header time{margin-left:auto;font-size:.8rem;font-variant-numeric:tabular-nums}
article.user{margin:2rem 0 1rem;padding:.25rem 1rem .75rem;background:var(--user);border-left:3px solid var(--user-edge);border-radius:.25rem .5rem .5rem .25rem}
article.user>header{margin-top:.5rem}
.turn{color:var(--user-edge);font-weight:700;text-decoration:none}
.prose{white-space:pre-wrap;margin:.5rem 0}
a{color:var(--user-edge);text-decoration-thickness:1px;text-underline-offset:.2em}
pre{margin:.5rem 0;padding:.75rem;background:var(--tint);border-radius:.4rem;font:.82rem/1.5 var(--mono);white-space:pre-wrap;tab-size:4}
code{font-family:var(--mono)}
.diff ins,.diff del{display:inline-block;width:100%;text-decoration:none}
.diff ins{background:var(--add)}
.diff del{background:var(--cut)}
details{margin:.4rem 0;border:1px solid var(--line);border-radius:.4rem;padding:0 .75rem}
details[open]{padding-bottom:.5rem}
summary{padding:.35rem 0;cursor:pointer;font-size:.9rem}
summary code{font-size:.8rem;color:var(--soft)}
summary span{margin-left:.6rem;color:var(--soft);font-size:.85rem}
.prose code{padding:.05em .25em;border-radius:.25rem;background:var(--tint);font-size:.88em}
.prose strong i{font-weight:400;font-style:normal;color:var(--soft);opacity:.55}
details.failed>summary b{color:var(--bad)}
details.reasoning,details.machine{border-style:dashed;color:var(--soft)}
details.agent{border-left:3px solid var(--soft)}
.label{margin:.75rem 0 .25rem;font-size:.8rem;font-weight:600;color:var(--soft)}
.named{margin:.5rem 0;color:var(--soft);font-size:.9rem}
.named::before{content:"\\25A1\\00A0"}
.mark{display:flex;align-items:center;gap:.75rem;margin:2rem 0;color:var(--soft);font-size:.85rem;text-align:center}
.mark::before,.mark::after{content:"";flex:1;border-top:1px solid var(--line)}
.sum{margin:-.5rem 0 1.5rem;color:var(--soft);font-size:.9rem}
td a{color:inherit;font-weight:500;text-decoration:none}
td a:hover,td a:focus-visible{color:var(--user-edge);text-decoration:underline}
td small{display:block;color:var(--soft);font-size:.8rem}
th{color:var(--soft);font-weight:500;font-size:.8rem}
th:last-child,td:last-child{padding-right:0}
table{width:100%;border-collapse:collapse;font-size:.9rem}
th,td{padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.day,th.day{white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.8rem}
@media (max-width:40rem){main{padding:1.25rem .9rem}dl div{display:block;padding:.2rem 0}dt{font-size:.8rem}h1{font-size:1.3rem}table,tbody{display:block}thead{display:none}tr{display:flex;flex-wrap:wrap;gap:0 .9rem;padding:.5rem 0;border-bottom:1px solid var(--line)}td{padding:0;border:0}td:nth-child(2){flex:0 0 100%;order:-1}td:nth-child(3)::after{content:"\\00A0messages"}td:nth-child(n+3){color:var(--soft)}article>header time{margin-left:0}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--tint:#f5f5f5;--user:#f2f2f2;--user-edge:#666;--bad:#8a1f18;--add:#e6f4e9;--cut:#f9e7e5}body{font-size:10.5pt}main{max-width:none;padding:0}a{color:inherit;text-decoration:none}pre,tr{break-inside:avoid-page}article>header,summary,h1{break-after:avoid-page}.diff ins,.diff del{print-color-adjust:exact;-webkit-print-color-adjust:exact}details::details-content{content-visibility:visible;display:block}}
`;
