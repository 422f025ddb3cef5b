"""A subscriber: hear.py PORT

Prints "ready" at the first message, and at "end" how many came, how many a second
and, of those with a time in them, the microseconds on their way.
"""

import json
import struct
import sys
import time

import zmq

port = int(sys.argv[1])
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.RCVHWM, 0)
socket.setsockopt(zmq.RCVTIMEO, 30_000)
socket.setsockopt(zmq.SUBSCRIBE, b"")
socket.connect(f"tcp://127.0.0.1:{port + 1}")

socket.recv_multipart()
print("ready", flush=True)
first = last = heard = 0
times = []
while True:
    topic = socket.recv()
    payload = socket.recv()
    if topic == b"ada":
        last = time.monotonic_ns()
        first = first or last
        heard += 1
        sent = struct.unpack_from("<q", payload)[0]
        if sent:
            times.append(last - sent)
    elif topic == b"end":
        break
times.sort()


def share(part):
    return times[int((len(times) - 1) * part)] / 1000 if times else 0


rate = (heard - 1) / ((last - first) / 1e9) if last > first else 0
print(json.dumps({"heard": heard, "rate": rate, "p50": share(0.5), "p99": share(0.99)}))
