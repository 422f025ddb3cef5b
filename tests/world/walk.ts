/** A chat session in which somebody feels and reaches something: `evening-walk` of ada. Ten records. */
import { answerOf } from "./place.ts";
import type { System } from "./system.ts";

const SESSIONS = "/v1/users/ada/sessions";

/** Says it to a running system. */
export async function tellWalk(system: System): Promise<void> {
  const told = (path: string, body: object) => answerOf(system, "POST", SESSIONS + path, body);
  const say = (message_id: string, role: string, content: string) =>
    told("/evening-walk/messages", { message_id, role, content });
  const feel = (emotion: string, intensity: number, id: string) =>
    told("/evening-walk/emotion", { emotion, intensity, confidence: 0.8, evidence: [id] });
  await told("", { session_id: "evening-walk", model: "claude-sonnet-5" });
  await say("m1", "user", "I keep putting off the call with my sister.");
  await feel("anxious", 0.7, "m1");
  await say("m2", "assistant", "What might she say?");
  await say("m3", "user", "That I never listen. Perhaps I want to be forgiven before I ask.");
  await feel("curious", 0.5, "m3");
  await told("/evening-walk/milestones", { description: "Named what stands between them" });
  await told("/evening-walk/breakthroughs", {
    ...{ insight: "Asking comes first", category: "reframe", confidence: 0.9 },
    trigger_message_id: "m3",
  });
  await feel("integrated", 0.6, "m3");
  await told("/evening-walk/context", { current_theme: "the call with her sister" });
}
