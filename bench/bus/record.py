"""The recorder there was before: PULL, json, append, flush, fsync, one message after another.

record.py FILE COUNT: a pusher in a process of its own hands it COUNT messages of 200
bytes. Prints how many a second are on the disk.
"""

import json
import multiprocessing
import os
import sys
import time

import zmq

PATIENCE_S = 60

path, count = sys.argv[1], int(sys.argv[2])


def push(port):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.setsockopt(zmq.SNDTIMEO, PATIENCE_S * 1000)
    socket.connect(f"tcp://127.0.0.1:{port}")
    payload = json.dumps({"sender_id": "ada", "content": "x" * 165}).encode()
    for _ in range(count):
        socket.send(payload)
    socket.close(linger=PATIENCE_S * 1000)


def record(socket):
    with open(path, "a") as log:
        log.write(json.dumps(json.loads(socket.recv())) + "\n")
        log.flush()
        os.fsync(log.fileno())
        begun = time.monotonic()
        for _ in range(count - 1):
            message = json.loads(socket.recv())
            log.write(json.dumps(message) + "\n")
            log.flush()
            os.fsync(log.fileno())
    return (count - 1) / (time.monotonic() - begun)


if __name__ == "__main__":
    puller = zmq.Context().socket(zmq.PULL)
    puller.setsockopt(zmq.RCVTIMEO, PATIENCE_S * 1000)
    port = puller.bind_to_random_port("tcp://127.0.0.1")
    # Its own start of Python, not a fork of one that has sockets open.
    pusher = multiprocessing.get_context("spawn").Process(target=push, args=(port,))
    pusher.start()
    print(json.dumps({"rate": record(puller)}))
    pusher.join()
