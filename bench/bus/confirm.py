"""Confirmed publishing: confirm.py PORT COUNT ON_THEIR_WAY

A DEALER that keeps ON_THEIR_WAY messages of 200 bytes without an answer, until COUNT
are confirmed. Prints how many a second, and the milliseconds of one.
"""

import json
import sys
import time

import zmq

port, count, window = (int(one) for one in sys.argv[1:4])
socket = zmq.Context().socket(zmq.DEALER)
socket.setsockopt(zmq.RCVTIMEO, 30_000)
socket.setsockopt(zmq.SNDTIMEO, 30_000)
# A client that keeps thousands without an answer must have room for them.
socket.setsockopt(zmq.SNDHWM, 10_000)
socket.setsockopt(zmq.RCVHWM, 10_000)
socket.connect(f"tcp://127.0.0.1:{port + 3}")
payload = b'{"content":"' + b"x" * 186 + b'"}'
run = time.monotonic_ns()
sent_at = {}
times = []


def ask(number):
    head = b'{"op":"publish","topic":"ada","id":"%d-%d"}' % (run, number)
    sent_at[b"%d-%d" % (run, number)] = time.monotonic_ns()
    socket.send_multipart([head, payload])


def answered():
    said = json.loads(socket.recv_multipart()[-1])
    assert said["ok"], said
    times.append(time.monotonic_ns() - sent_at.pop(said["id"].encode()))


for number in range(-200, 0):
    ask(number)
    answered()
times.clear()
begun = time.monotonic()
for number in range(count):
    ask(number)
    if number + 1 >= window:
        answered()
while len(times) < count:
    answered()
rate = count / (time.monotonic() - begun)
times.sort()


def share(part):
    return times[int((count - 1) * part)] / 1e6


print(json.dumps({"rate": rate, "p50": share(0.5), "p99": share(0.99)}))
socket.close(linger=0)
