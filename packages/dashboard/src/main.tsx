/** Puts the dashboard on the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SWRConfig } from "swr";
import { App } from "./app.tsx";

const place = document.getElementById("page");
if (place !== null)
  createRoot(place).render(
    <StrictMode>
      <SWRConfig value={{ revalidateOnFocus: true, dedupingInterval: 500 }}>
        <App />
      </SWRConfig>
    </StrictMode>,
  );
