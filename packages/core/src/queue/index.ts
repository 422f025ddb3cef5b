/** How queues are doing. */
export {
  MINUTES,
  minutesOf,
  type QueueLook,
  type QueuesLook,
  type QueueWatch,
  type Remembered,
  type Scheduled,
  type Spans,
  spansOf,
} from "./looks.ts";
