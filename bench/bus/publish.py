"""A publisher: publish.py PORT COUNT RATE

Says "warm" until a line comes on stdin, then sends COUNT messages of 200 bytes, as
fast as it may (RATE 0) or RATE a second, each with the time it was sent; then "end".
It waits where a plain PUB would drop, so that both brokers carry the same load.
"""

import select
import struct
import sys
import time

import zmq

PAYLOAD_BYTES = 200

port, count, rate = (int(one) for one in sys.argv[1:4])
socket = zmq.Context().socket(zmq.PUB)
socket.setsockopt(zmq.XPUB_NODROP, 1)
socket.setsockopt(zmq.SNDTIMEO, 30_000)
socket.connect(f"tcp://127.0.0.1:{port}")
rest = b"x" * (PAYLOAD_BYTES - 8)

while not select.select([sys.stdin], [], [], 0.01)[0]:
    socket.send_multipart([b"warm", b""])

begun = time.monotonic_ns()
if rate == 0:
    payload = struct.pack("<q", 0) + rest
    for _ in range(count):
        socket.send(b"ada", zmq.SNDMORE)
        socket.send(payload)
else:
    gap = 1_000_000_000 // rate
    for number in range(count):
        due = begun + number * gap
        left = due - time.monotonic_ns()
        if left > 0:
            time.sleep(left / 1e9)
        socket.send(b"ada", zmq.SNDMORE)
        socket.send(struct.pack("<q", time.monotonic_ns()) + rest)
time.sleep(0.2)
for _ in range(5):
    socket.send_multipart([b"end", b""])
    time.sleep(0.05)
socket.close(linger=5000)
