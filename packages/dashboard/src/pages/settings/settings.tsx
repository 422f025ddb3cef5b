/** Settings: who may ask, what is listened to, what words mean, what one wants to be told of. */
import type { Me } from "@verbatim/api/contract";
import { useAsked } from "../../asking/asked.ts";
import { Alerts } from "./alerts.tsx";
import { Keys } from "./keys.tsx";
import { Sources } from "./sources.tsx";
import { TaxonomyPart } from "./taxonomy.tsx";

export function SettingsPage() {
  const { data: me } = useAsked<Me>("/v1/me");
  const isAdmin = me?.scopes.includes("admin") ?? false;
  return (
    <>
      <h1>Settings</h1>
      <nav aria-label="Parts of the settings" className="session-facts">
        <a href="#keys">API keys</a>
        <a href="#sources">Sources</a>
        <a href="#taxonomy">Taxonomy</a>
        <a href="#alerts">Alerts</a>
      </nav>
      {me === undefined || isAdmin ? null : (
        <p className="trouble" role="status">
          The key {me.name} may look, not change: that takes the scope admin.
        </p>
      )}
      {me === undefined || !isAdmin ? null : <Keys me={me} />}
      <Sources />
      <TaxonomyPart mayChange={isAdmin} />
      <Alerts mayChange={isAdmin} />
    </>
  );
}
