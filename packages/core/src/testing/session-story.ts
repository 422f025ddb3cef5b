/** One session from beginning to end, such as a colleague would be handed: what exports and journeys are tested with. */

import { changesOf } from "../sessions/changes.ts";
import type { EventFields, EventName, Happened } from "../sessions/event.ts";
import type { SaidMessage } from "../sessions/kept.ts";
import { aHappened } from "./session-samples.ts";

const feel = (
  emotion: EventFields["emotion_changed"]["emotion"],
  intensity: number,
  confidence: number,
) => ({ emotion, intensity, confidence });

type Line = { readonly [Name in EventName]: readonly [string, Name, EventFields[Name]] }[EventName];

const ANSWER =
  "When does the evening begin to weigh on you?\n\n1. When the house is quiet?\n2. Or before?";
const ASKED =
  "It starts at 6pm -- *before* anything happened.\n\n> you never call\n\nthat is what she says. <b>Every</b> time | and I go quiet.";

/** Time of day, event, what it says. */
const LINES: readonly Line[] = [
  ["10:00:00", "session_started", { conversation_id: "telegram:123", model: "haiku-4" }],
  [
    "10:00:05",
    "message_said",
    {
      message_id: "m-1",
      role: "user",
      content: "I dread calling my mother.",
      emotion: feel("anxious", 0.8, 0.7),
    },
  ],
  [
    "10:00:12",
    "message_said",
    { message_id: "m-2", role: "assistant", content: ANSWER, model: "haiku-4", tokens: 41 },
  ],
  ["10:04:40", "message_said", { message_id: "m-3", role: "user", content: ASKED }],
  ["10:05:00", "off_record_set", { on: true }],
  ["10:06:00", "message_said", { message_id: "m-off", role: "user", content: "OFF THE RECORD" }],
  ["10:07:00", "off_record_set", { on: false }],
  ["10:07:10", "model_switched", { model: "opus-4" }],
  [
    "10:07:30",
    "message_said",
    {
      message_id: "m-4",
      role: "assistant",
      content: "So the call is already going on before you dial.",
      model: "opus-4",
      tokens: 12,
    },
  ],
  ["10:08:02", "emotion_changed", { ...feel("curious", 0.55, 0.6), evidence: ["m-4"] }],
  ["10:08:30", "message_said", { message_id: "m-oops", role: "user", content: "DELETED WORDS" }],
  ["10:08:31", "message_deleted", { message_id: "m-oops" }],
  [
    "10:15:20",
    "message_said",
    {
      message_id: "m-5",
      role: "user",
      content: "I am not afraid of her. I am afraid of the boy who waited by the phone.",
    },
  ],
  [
    "10:15:40",
    "breakthrough_recorded",
    {
      insight: "The fear belongs to the boy, not to the call",
      category: "reframe",
      confidence: 0.92,
      trigger_message_id: "m-5",
    },
  ],
  ["10:15:41", "emotion_changed", { ...feel("breakthrough", 0.95, 0.9), evidence: ["m-5"] }],
  [
    "10:16:00",
    "milestone_reached",
    { description: "Said for the first time whose fear it is", emotion: "breakthrough" },
  ],
  [
    "10:21:00",
    "message_said",
    {
      message_id: "m-6",
      role: "user",
      content: "I could call her and tell him it is all right.",
      is_breakthrough: true,
    },
  ],
  ["10:24:30", "emotion_changed", { ...feel("integrated", 0.7, 0.8), evidence: ["m-6"] }],
  [
    "10:25:00",
    "context_changed",
    {
      current_theme: "calling his mother",
      therapeutic_focus: "relational",
      client_state_summary: "calm, a little surprised",
      session_notes: "NOTES OF THE CONTEXT",
      working_hypotheses: ["HYPOTHESIS: early waiting, _not_ the mother"],
    },
  ],
  ["10:26:00", "note_written", { text: "NOTE: ask about the father next time." }],
  ["10:30:00", "session_closed", {}],
];

/** Its events. */
export const STORY: readonly Happened[] = [
  ...LINES.map((line, at) => {
    const [time, event, fields] = line;
    return aHappened(at + 1, event, fields, { at: `2026-11-21T${time}.000Z` });
  }),
  aHappened(30, "citation_judged", {
    citation_id: "00000000-0000-4000-8000-00000000000e",
    status: "verified",
    why: "heard it",
  }),
];

/** Its messages as a store gives them, the deleted one among them. */
export const STORY_MESSAGES: readonly SaidMessage[] = STORY.flatMap(({ event, moment }) =>
  changesOf(event, moment).flatMap((one) =>
    one.op === "add" && one.key === "messages" ? [one.json] : [],
  ),
);
