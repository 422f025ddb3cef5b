"""Stock libzmq clients for the tests of the bus, one deed a run.

Reads a JSON object from its first argument, prints JSON lines, and never waits
longer than the bound it is given.
"""

import json
import sys
import time

import zmq

ask = json.loads(sys.argv[1])
context = zmq.Context()
BOUND_MS = ask.get("bound_ms", 30000)


def out(**fields):
    print(json.dumps(fields), flush=True)


def socket(kind, port, **options):
    made = context.socket(kind)
    made.linger = BOUND_MS
    made.rcvtimeo = BOUND_MS
    made.sndtimeo = BOUND_MS
    for name, value in options.items():
        setattr(made, name, value)
    keys = ask.get("keys")
    if keys:
        made.curve_publickey = keys["publicKey"].encode()
        made.curve_secretkey = keys["secretKey"].encode()
        made.curve_serverkey = keys["serverKey"].encode()
    made.connect("tcp://%s:%d" % (ask.get("host", "127.0.0.1"), ask["port"] + port))
    return made


def message(number):
    return json.dumps(
        {
            "sender_id": ask.get("sender", "ada"),
            "message_id": "%s-%d" % (ask.get("name", "m"), number),
            "content": {"message": "number %d" % number},
        }
    ).encode()


def publish():
    """XPUB, a PUB that is told when the bus has subscribed; it drops nothing of its own."""
    made = socket(zmq.XPUB, 0, sndhwm=0)
    made.recv()
    for number in range(ask["count"]):
        made.send_multipart([ask["topic"].encode(), message(number)])
    made.close()
    out(sent=ask["count"])


def push():
    made = socket(zmq.PUSH, 2)
    for number in range(ask["count"]):
        made.send(message(number))
    made.close()
    out(sent=ask["count"])


def confirm():
    """DEALER, so many requests on their way at once."""
    made = socket(zmq.DEALER, 3)
    seqs = []
    for number in range(ask["count"]):
        request = {
            "op": "publish",
            "topic": ask["topic"],
            "id": "%s-%d" % (ask.get("name", "c"), number),
            "message": json.loads(message(number)),
        }
        made.send_multipart([b"", json.dumps(request).encode()])
    for _ in range(ask["count"]):
        answer = json.loads(made.recv_multipart()[-1])
        seqs.append(answer.get("seq") if answer.get("ok") else None)
    made.close()
    out(seqs=seqs)


def req():
    """REQ, the simplest client there is."""
    made = socket(zmq.REQ, 3)
    for request in ask["requests"]:
        made.send(json.dumps(request).encode())
        out(answer=json.loads(made.recv()))
    made.close()


def subscribe():
    made = socket(zmq.SUB, 1)
    for topic in ask["topics"]:
        made.subscribe(topic.encode())
    out(ready=True)
    heard, topic = 0, None
    while heard < ask.get("count", 1 << 60) and topic != ask.get("until", "").encode():
        topic, *payload = made.recv_multipart()
        heard += 1
        out(topic=topic.decode(), payload=[part.decode() for part in payload])
    made.close()


def replay():
    """DEALER: what came after a seq, then, with follow, what comes."""
    made = socket(zmq.DEALER, 3)
    request = {"op": "replay", "topic": ask["topic"], "after_seq": ask["after"]}
    if ask.get("follow"):
        request["follow"] = True
    made.send_multipart([b"", json.dumps(request).encode()])
    seqs, ended = [], None
    while len(seqs) < ask["count"] or ended is None:
        answer = json.loads(made.recv_multipart()[-1])
        if answer.get("op") == "end":
            ended = answer["last_seq"]
            out(end=ended, so_far=len(seqs))
        else:
            seqs.append(answer["seq"])
            if ask.get("read_slowly"):
                time.sleep(ask["read_slowly"])
    made.close()
    out(seqs=seqs)


def deaf():
    """Subscribes to everything and reads nothing until it is told to go."""
    made = socket(zmq.SUB, 1, rcvhwm=10)
    made.subscribe(b"")
    out(ready=True)
    sys.stdin.readline()
    made.close(linger=0)


def wrong():
    """Connects with keys that are not on the list, and waits whether anything comes of it."""
    made = socket(zmq.REQ, 3, rcvtimeo=1500, linger=0)
    made.send(b'{"op":"stats"}')
    try:
        made.recv()
        out(answered=True)
    except zmq.Again:
        out(answered=False)
    made.close()


globals()[ask["do"]]()
context.term()
