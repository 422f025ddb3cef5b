/** The dashboard: which page is at which address, and what is around all of them. */
import { Route, Switch, useLocation } from "wouter";
import { AnalyticsPage } from "./pages/analytics/analytics.tsx";
import { ArchivePage } from "./pages/archive.tsx";
import { ASIDE_PATH, AsidePage } from "./pages/aside.tsx";
import { JobsPage } from "./pages/jobs.tsx";
import { JourneyPage } from "./pages/journey/journey.tsx";
import { JourneysPage } from "./pages/journey/journeys.tsx";
import { LoginPage } from "./pages/login.tsx";
import { MessagesPage } from "./pages/messages.tsx";
import { NowPage } from "./pages/now.tsx";
import { SearchPage } from "./pages/search.tsx";
import { SessionPage } from "./pages/session.tsx";
import { SessionsPage } from "./pages/sessions.tsx";
import { SettingsPage } from "./pages/settings/settings.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { Empty } from "./parts/states.tsx";
import { Shell } from "./shell.tsx";

export function App() {
  const [place] = useLocation();
  return (
    <Shell>
      <Boundary key={place} instead={<Failed />}>
        <Switch>
          <Route path="/" component={NowPage} />
          <Route path="/sessions" component={SessionsPage} />
          <Route path="/sessions/:session" component={SessionPage} />
          <Route path="/search" component={SearchPage} />
          <Route path="/messages" component={MessagesPage} />
          <Route path={ASIDE_PATH} component={AsidePage} />
          <Route path="/journey" component={JourneysPage} />
          <Route path="/journey/:session" component={JourneyPage} />
          <Route path="/analytics" component={AnalyticsPage} />
          <Route path="/settings" component={SettingsPage} />
          <Route path="/jobs" component={JobsPage} />
          <Route path="/archive" component={ArchivePage} />
          <Route path="/login" component={LoginPage} />
          <Route>
            <Empty title="There is no such page">
              <p>The pages are named on the left, or at the top on a narrow screen.</p>
            </Empty>
          </Route>
        </Switch>
      </Boundary>
    </Shell>
  );
}

/** In place of a page that could not be drawn; all others are still there. */
function Failed() {
  return (
    <Empty title="This page cannot be shown">
      <p>
        Something in it could not be drawn; nothing of what is recorded is harmed.{" "}
        <button type="button" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </p>
    </Empty>
  );
}
