"""A bare broker: zmq.proxy between XSUB and XPUB, and nothing else. broker.py PORT"""

import sys

import zmq

port = int(sys.argv[1])
context = zmq.Context()
publishers = context.socket(zmq.XSUB)
subscribers = context.socket(zmq.XPUB)
# As many as our bus keeps for a subscriber that is late.
subscribers.setsockopt(zmq.SNDHWM, 10_000)
publishers.bind(f"tcp://127.0.0.1:{port}")
subscribers.bind(f"tcp://127.0.0.1:{port + 1}")
print("ready", flush=True)
zmq.proxy(publishers, subscribers)
