/**
 * A report for people: Markdown with small charts of text, in the order such
 * reports always had. The same report gives the same text.
 */
import { escaped } from "./escaping.ts";
import { partlyText } from "./findings.ts";
import {
  collaborationLines,
  domainLines,
  insightLines,
  keywordLines,
  type Lines,
  overviewLines,
  speakerLines,
  tierLines,
  timelineLines,
} from "./markdown-words.ts";
import { costLines, openLines, sessionLines, toolLines } from "./markdown-work.ts";
import type { Report } from "./report-shape.ts";

const SECTIONS: readonly (readonly [title: string, lines: (report: Report) => Lines])[] = [
  ["Overview", overviewLines],
  ["Speaker Activity", speakerLines],
  ["Domain Focus", domainLines],
  ["ACE Tier Distribution", tierLines],
  ["Top Keywords", keywordLines],
  ["Message Timeline", timelineLines],
  ["Metadata Insights", insightLines],
  ["Sessions and Threads", sessionLines],
  ["Tools", toolLines],
  ["Tokens and Cost", costLines],
  ["Open Questions and Blocked Work", openLines],
  ["Collaboration Metrics", collaborationLines],
  ["Key Findings", findingLines],
];

/** The report for people: the same text for the same report. */
export function reportMarkdown(report: Report): string {
  const sections = SECTIONS.map(([title, lines]) => `## ${title}\n\n${lines(report).join("\n\n")}`);
  const head = `# Conversation Analytics Report\n\nGenerated: ${report.timestamp}`;
  const reach = partlyText(report);
  const first = reach === null ? [head] : [head, `**${reach}**`];
  return `${[...first, ...sections].join("\n\n")}\n`;
}

function findingLines({ findings }: Report): Lines {
  return [findings.map((finding) => `- ${escaped(finding)}`).join("\n")];
}
