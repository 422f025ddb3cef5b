/**
 * What is set on the sockets of the bus, and why. docs/bus.md says the same for
 * those who run one.
 */
import type {
  Dealer,
  Pull,
  Push,
  Router,
  SocketOptions,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "zeromq";

/** Largest frame taken from anybody. Messages with images reach 5 MB; a sender of more is disconnected by libzmq. */
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;

/**
 * Messages of one publisher or pusher that we have not read; beyond them it is
 * made to wait (PUSH) or drops its own (PUB). libzmq counts messages, not bytes:
 * with the largest ones this is what bounds our memory.
 */
const UNREAD_MAX = 200;
/** Messages between forwarder and recorder: a few milliseconds of a full bus. */
const TAP_MAX = 1000;
/** Messages a subscriber has not read; beyond them it loses what is newer, and nobody else does. */
const LATE_MAX = 4000;
/** Answers a client of 5558 has not read; beyond them it waits. */
const ANSWERS_MAX = 200;
/** Subscriptions are all that subscribers send, and topics are names. */
const TOPIC_BYTES_MAX = 4096;
/** What a replay gives back may be base64, a third longer, of many frames. */
const ANSWER_BYTES_MAX: number = 128 * 1024 * 1024;

/**
 * A peer that is silent for so long is gone: its place is free for whoever comes.
 * ZMTP heartbeats, but only where we always read: a sender that we make to wait
 * has its answer to our heartbeat behind its messages, and would be cut off with
 * all of them.
 */
const HEARTBEAT = {
  heartbeatInterval: 5000,
  heartbeatTimeout: 15_000,
  heartbeatTimeToLive: 15_000,
} as const;
/** For links that drop idle connections without a word, below what heartbeats see. */
const KEEPALIVE = { tcpKeepalive: 1, tcpKeepaliveIdle: 60, tcpKeepaliveInterval: 20 } as const;
/** A peer that connects and says nothing is dropped. */
const HANDSHAKE = { handshakeInterval: 10_000 } as const;

const OUTSIDE = {
  ...KEEPALIVE,
  ...HANDSHAKE,
  maxMessageSize: FRAME_BYTES_MAX,
  backlog: 1000,
} as const;

/** What a closing socket may still send. */
const LINGER_MS = 1000;

export const PUBLISHERS: SocketOptions<XSubscriber> = {
  ...OUTSIDE,
  receiveHighWaterMark: UNREAD_MAX,
  linger: 0,
};
export const SUBSCRIBERS: SocketOptions<XPublisher> = {
  ...OUTSIDE,
  ...HEARTBEAT,
  maxMessageSize: TOPIC_BYTES_MAX,
  sendHighWaterMark: LATE_MAX,
  linger: LINGER_MS,
  /** Every subscription is seen, also one that somebody else has: who asks for a replay is to get one. */
  verbosity: "allSubsUnsubs",
};
export const PUSHERS: SocketOptions<Pull> = {
  ...OUTSIDE,
  receiveHighWaterMark: UNREAD_MAX,
  linger: 0,
};
export const ASKERS: SocketOptions<Router> = {
  ...OUTSIDE,
  receiveHighWaterMark: UNREAD_MAX,
  sendHighWaterMark: ANSWERS_MAX,
  linger: LINGER_MS,
  /** A client that is gone or full is an error at once, never a message lost in silence or a wait for all. */
  mandatory: true,
  sendTimeout: 0,
};
/** Everything goes both ways or nobody gets on: noDrop makes a recorder that is full hold up the forwarder. */
export const TAP: SocketOptions<XPublisher> = {
  sendHighWaterMark: TAP_MAX,
  linger: 0,
  noDrop: true,
};
export const TAPPED: SocketOptions<Subscriber & XSubscriber> = {
  receiveHighWaterMark: TAP_MAX,
  linger: 0,
};
/** From the pushers' proxy to the recorder. */
export const HANDED: SocketOptions<Push> = { sendHighWaterMark: TAP_MAX, linger: 0 };
/** Clients of our own: they give up soon, and lose nothing that they were told is sent. */
export const CLIENT: SocketOptions<Dealer & Subscriber & XPublisher> = {
  linger: 5000,
  maxMessageSize: ANSWER_BYTES_MAX,
};
