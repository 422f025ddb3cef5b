"""Pushers: push.py PORT PUSHERS COUNT

COUNT messages of 200 bytes from PUSHERS processes. Begins when the bus answers, ends
when the bus says on its fourth port that all of them are in the journal. Prints how
many a second.
"""

import json
import multiprocessing
import sys
import time

import zmq

PATIENCE_S = 60

port, pushers, count = (int(one) for one in sys.argv[1:4])


def push(share, go):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.setsockopt(zmq.SNDTIMEO, PATIENCE_S * 1000)
    socket.connect(f"tcp://127.0.0.1:{port + 2}")
    payload = json.dumps({"sender_id": "ada", "content": "x" * 165}).encode()
    assert len(payload) == 200, len(payload)
    go.wait()
    for _ in range(share):
        socket.send(payload)
    socket.close(linger=PATIENCE_S * 1000)


go = multiprocessing.Barrier(pushers + 1, timeout=PATIENCE_S)
share = count // pushers
working = [multiprocessing.Process(target=push, args=(share, go)) for _ in range(pushers)]
for one in working:
    one.start()

asker = zmq.Context().socket(zmq.DEALER)
asker.setsockopt(zmq.RCVTIMEO, PATIENCE_S * 1000)
asker.connect(f"tcp://127.0.0.1:{port + 3}")


def stats():
    asker.send_multipart([b"", b'{"op":"stats"}'])
    return json.loads(asker.recv_multipart()[-1])


before = stats()["heard"]["push"]
go.wait()
begun = time.monotonic()
while time.monotonic() < begun + PATIENCE_S:
    now = stats()
    if now["heard"]["push"] - before >= share * pushers and now["waiting"] == 0:
        break
    time.sleep(0.005)
else:
    raise SystemExit(f"not recorded in {PATIENCE_S} s: {now}")
print(json.dumps({"rate": share * pushers / (time.monotonic() - begun)}))
for one in working:
    one.join()
asker.close(linger=0)
