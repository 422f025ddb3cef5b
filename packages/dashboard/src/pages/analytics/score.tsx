/** The collaboration score: the whole, its five parts, and what each is made of. */
import type { Report } from "@verbatim/core";
import { BarList } from "../../parts/charts/bar-list.tsx";
import { Panel } from "../../parts/charts/panel.tsx";

type Part = keyof Report["score"]["parts"];

/** The parts as they are called, what they ask, and where on the page that is seen. */
const PARTS: Readonly<Record<Part, readonly [name: string, asks: string, place: string]>> = {
  speaker_diversity: ["Speakers", "Do several speak, or mostly one?", "#speakers"],
  domain_coverage: ["Domains", "How much of the taxonomy is spoken of?", "#domains"],
  message_consistency: ["Steadiness", "Is there something on most days?", "#over-time"],
  metadata_enrichment: ["Recognised", "How many have a domain, a tier, keywords?", "#tiers"],
  shl_tagging: ["Tagged", "How many have a tag beside that of their domain?", "#tags"],
};

export function ScorePanel({ report }: { readonly report: Report }) {
  const { score, collaboration_score } = report;
  const parts = (Object.entries(PARTS) as [Part, (typeof PARTS)[Part]][]).map(
    ([key, [name, asks, place]]) => ({ key, name, asks, place, ...score.parts[key] }),
  );
  return (
    <Panel
      title="Score"
      note="How much of a conversation between several there is in what was said. The mean of five parts, each 0 to 100."
      table={() => ({
        names: ["part", "value", "says"],
        rows: [
          ...parts.map(({ key, value, says }) => [key, value, says]),
          ["collaboration_score", collaboration_score, ""],
        ],
      })}
    >
      <div className="score">
        <p className="score-whole">
          <b>{collaboration_score.toFixed(1)}</b> <span className="soft">of 100</span>
        </p>
        <BarList
          label="parts of the score"
          top={100}
          bars={parts.map(({ name, value, place }) => ({
            name,
            value,
            text: value.toFixed(1),
            share: null,
            href: place,
          }))}
        />
      </div>
      <details className="explained">
        <summary>What each part is made of</summary>
        <dl>
          {parts.map(({ key, name, asks, says, inputs, place }) => (
            <div key={key}>
              <dt>
                <a href={place}>{name}</a> <span className="soft">{asks}</span>
              </dt>
              <dd>
                {says}
                <span className="soft inputs">
                  {Object.entries(inputs).map(([input, value]) => (
                    <span key={input}>
                      {input.replaceAll("_", " ")} {value}
                    </span>
                  ))}
                </span>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}
