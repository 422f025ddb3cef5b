/** How the bus is doing, written down every second for whoever wants to know (core/bus/status.ts). */
import type { BusStatus } from "@verbatim/core";

const EVERY_MS = 1000;

export type NotePorts = {
  readonly status: () => BusStatus;
  readonly write: (text: string) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  readonly isStopped: () => boolean;
  readonly failed: (why: string) => void;
};

/** Writes until it is stopped. What cannot be written is told once, and tried again. */
export async function keepNote(ports: NotePorts): Promise<void> {
  let failing = false;
  while (!ports.isStopped()) {
    try {
      await ports.write(JSON.stringify(ports.status()));
      failing = false;
    } catch (error) {
      if (!failing) ports.failed(error instanceof Error ? error.message : String(error));
      failing = true;
    }
    await ports.wait(EVERY_MS);
  }
}
