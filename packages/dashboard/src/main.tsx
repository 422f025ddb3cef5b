/** Puts the dashboard on the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SWRConfig } from "swr";
import { Router } from "wouter";
import { App } from "./app.tsx";
import { usePlace, useQuestion } from "./asking/address.ts";

// A page that the browser kept when it was left shows what may be shown no more, after a logout.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) window.location.reload();
});

const place = document.getElementById("page");
if (place !== null)
  createRoot(place).render(
    <StrictMode>
      <SWRConfig value={{ revalidateOnFocus: true, dedupingInterval: 500 }}>
        <Router hook={usePlace} searchHook={useQuestion}>
          <App />
        </Router>
      </SWRConfig>
    </StrictMode>,
  );
