"""A sender that outlives the bus: bus-sender.py push|confirm PORT COUNT SECONDS SEED

COUNT messages of 20 bytes to 200 KB, spread over SECONDS or longer. Each says its own
name, the length of what follows and its CRC. `push` hands them in and never hears more
of them. `confirm` sends each again with the same id until it is answered, and prints
the id when it is. It ends with whoever started it.
"""

import json
import os
import random
import sys
import threading
import time
import zlib

import zmq

PATIENCE_S = 120
WAITING_MAX = 256
RETRY_S = 1.0
POLL_MS = 5
SMALLEST = 20
# The largest is 200 KB; most are small.
FACTOR = 10_000

way = sys.argv[1]
port, count, seconds, seed = (int(one) for one in sys.argv[2:6])
chance = random.Random(seed)
pool = os.urandom(2 * SMALLEST * FACTOR)


def message(name):
    size = int(SMALLEST * FACTOR ** (chance.random() ** 4))
    start = chance.randrange(len(pool) - size)
    filler = pool[start : start + size]
    return b"%s %d %d " % (name, size, zlib.crc32(filler)) + filler


def due(number, begun):
    return begun + number * seconds / count


def push(socket):
    begun = time.monotonic()
    for number in range(count):
        time.sleep(max(0, due(number, begun) - time.monotonic()))
        socket.send(message(b"push-%d" % number))


def confirm(socket):
    begun = time.monotonic()
    number = 0
    waiting = {}
    while number < count or waiting:
        now = time.monotonic()
        if now > begun + seconds + PATIENCE_S:
            raise SystemExit(f"{len(waiting)} were not answered")
        while number < count and len(waiting) < WAITING_MAX and due(number, begun) <= now:
            name = b"sure-%d" % number
            waiting[name] = [0, message(name)]
            number += 1
        for name, (sent, body) in waiting.items():
            if now < sent + RETRY_S:
                continue
            head = {"op": "publish", "topic": "ada", "id": name.decode()}
            try:
                socket.send_multipart([json.dumps(head).encode(), body], zmq.DONTWAIT)
                waiting[name][0] = now
            except zmq.Again:
                break
        if socket.poll(POLL_MS):
            hear(socket, waiting)


def hear(socket, waiting):
    while socket.poll(0):
        said = json.loads(socket.recv_multipart()[-1])
        name = said.get("id", "").encode()
        if said["ok"]:
            # An answer to what was sent twice comes twice.
            if waiting.pop(name, None):
                print(name.decode(), flush=True)
        elif said["code"] == "conflict":
            raise SystemExit(f"refused: {said}")


def end_with_starter():
    os.read(0, 1)
    os._exit(1)


threading.Thread(target=end_with_starter, daemon=True).start()
context = zmq.Context()
socket = context.socket(zmq.PUSH if way == "push" else zmq.DEALER)
socket.setsockopt(zmq.SNDTIMEO, PATIENCE_S * 1000)
socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
socket.setsockopt(zmq.LINGER, PATIENCE_S * 1000 if way == "push" else 0)
socket.connect(f"tcp://127.0.0.1:{port + (2 if way == 'push' else 3)}")
push(socket) if way == "push" else confirm(socket)
socket.close()
context.term()
