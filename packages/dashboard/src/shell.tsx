/**
 * What is around every page: the names of all pages, how the recorder is doing,
 * and the keys that lead through them (`g` then a letter; `/` to search).
 *
 *   B49  Who logs in or out begins on a page that knows nothing of who was there
 *        before.
 */
import type { Me, StatusAnswer } from "@verbatim/api/contract";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useAsked } from "./asking/asked.ts";
import { useDoing } from "./asking/doing.ts";
import { logout } from "./asking/server.ts";
import { countText } from "./parts/figures.tsx";
import { ageText } from "./parts/time.tsx";

type PageName = { readonly path: string; readonly name: string; readonly letter: string };

/** The pages, in the order they are named. */
const PAGES: readonly PageName[] = [
  { path: "/", name: "Now", letter: "n" },
  { path: "/sessions", name: "Sessions", letter: "s" },
  { path: "/search", name: "Search", letter: "f" },
  { path: "/journey", name: "Journey", letter: "j" },
  { path: "/analytics", name: "Analytics", letter: "a" },
  { path: "/jobs", name: "Jobs", letter: "b" },
  { path: "/archive", name: "Archive", letter: "r" },
  { path: "/settings", name: "Settings", letter: "t" },
];

/** Pages that only links lead to. */
const UNNAMED: readonly Omit<PageName, "letter">[] = [
  { path: "/messages", name: "Messages" },
  { path: "/aside", name: "Set aside" },
  { path: "/login", name: "Log in" },
];
const NEAREST = { block: "nearest", inline: "center", behavior: "instant" } as const;

/** Often enough to see that it stands still, seldom enough to leave open. */
const STATUS_MS = 2000;
/** The letter after `g` comes within this, or the `g` was meant for nothing. */
const CHORD_MS = 1200;

export function Shell({ children }: { readonly children: ReactNode }) {
  const [place] = useLocation();
  usePageKeys();
  useArrival(place);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="rail">
        <Link href="/" className="brand">
          Verbatim
        </Link>
        <nav aria-label="Pages">
          <ul>
            {PAGES.map(({ path, name, letter }) => (
              <li key={path}>
                <Link
                  href={path}
                  aria-current={isAt(place, path) ? "page" : undefined}
                  title={`g then ${letter}`}
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="rail-foot">
          <Standing />
          <Leave />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** The way out, for who came in with a key. Nothing that was shown stays in the page. (B49) */
function Leave() {
  const { data } = useAsked<Me>("/v1/me");
  const { isDoing, problem, run } = useDoing();
  if (data?.via !== "cookie") return null;
  const leave = async (): Promise<null> => {
    await logout();
    window.location.replace("/login");
    return null;
  };
  return (
    <>
      <button type="button" disabled={isDoing} onClick={() => run(leave)} title={`as ${data.name}`}>
        Log out
      </button>
      {problem === null ? null : (
        <p className="standing bad" role="alert">
          still logged in: {problem.message}
        </p>
      )}
    </>
  );
}

/** On another page the browser's title says which, and who reads begins at its top, with the keyboard too; who goes back is where he was. */
function useArrival(place: string): void {
  const before = useRef(place);
  const backTo = useRef<string | null>(null);
  useEffect(() => {
    const onBack = (): void => {
      backTo.current = window.location.pathname;
    };
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);
  useEffect(() => {
    const name = [...PAGES, ...UNNAMED].find(({ path }) => isAt(place, path))?.name;
    // On a narrow screen the names of the pages are wider than it.
    document.querySelector(".rail [aria-current]")?.scrollIntoView(NEAREST);
    document.title = name === undefined ? "Verbatim" : `${name} · Verbatim`;
    if (before.current === place) return;
    before.current = place;
    const { pathname, hash } = window.location;
    if (backTo.current !== pathname && hash === "")
      window.scrollTo({ top: 0, behavior: "instant" });
    backTo.current = null;
    // What was focused went with its page.
    if (document.activeElement === document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, [place]);
}

function isAt(place: string, path: string): boolean {
  return path === "/" ? place === "/" : place === path || place.startsWith(`${path}/`);
}

/** One line that is the same on every page: whether records go all the way through. */
function Standing() {
  const { data, problem } = useAsked<StatusAnswer>("/v1/status", {}, { everyMs: STATUS_MS });
  if (problem !== null)
    return (
      <p className="standing bad" role="status">
        {problem.status === 401 ? "not logged in" : "the server does not answer"}
      </p>
    );
  if (data === undefined) return <p className="standing soft">…</p>;
  const away = Object.entries(data.parts).flatMap(([name, part]) => (part.ok ? [] : [name]));
  const age = data.last_record_age_ms;
  return (
    <p className={`standing ${away.length === 0 ? "good" : "bad"}`}>
      {/* Ages change all the time: readers of screens are told what changes seldom. */}
      <span role="status">{away.length === 0 ? "recording" : `away: ${away.join(", ")}`}</span>
      <small>
        {age === null ? nothingText(away) : `last record ${ageText(age)} ago`}
        {(data.behind ?? 0) > 0 ? `, ${countText(data.behind)} behind` : ""}
      </small>
    </p>
  );
}

/** Who cannot ask what came last does not say that nothing did. */
function nothingText(away: readonly string[]): string {
  return away.length === 0 ? "nothing yet" : "nobody can say what came last";
}

/** `g` and a letter goes to a page; `/` goes to the search. Not while somebody types. */
function usePageKeys(): void {
  const [, go] = useLocation();
  const meantAt = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isForOthers(event)) return;
      const isChord = Date.now() - meantAt.current < CHORD_MS;
      meantAt.current = event.key === "g" && !isChord ? Date.now() : 0;
      const to = pageOfKey(event.key, isChord);
      if (to === undefined) return;
      event.preventDefault();
      go(to.path);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [go]);
}

function pageOfKey(key: string, isChord: boolean): PageName | undefined {
  if (key === "/") return PAGES.find(({ path }) => path === "/search");
  return isChord ? PAGES.find(({ letter }) => letter === key) : undefined;
}

/** Shortcuts of the browser, and letters that somebody types. */
function isForOthers({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
