# Reads an envelope as a receiver of one release would, and prints "yes" with what it got, or "no" with the reason.
# Usage: reads.py camel|snake FILE...   (one line per file; runs on CPython and on MicroPython)

import binascii
import json
import sys

KINDS = {
    "camel": ("text", "dictionary", "table", "image", "audio", "video", "binary"),
    "snake": ("text", "dictionary", "arrowtable", "jsontable", "image", "audio", "video", "binary"),
}


def rows(body):
    from pyarrow import ipc

    return "rows %d" % ipc.open_stream(body).read_all().num_rows


def read(keys, raw):
    if sys.implementation.name == "micropython" and len(raw) > 50000:
        raise ValueError("a message of %d bytes" % len(raw))
    envelope = json.loads(raw.decode())
    envelope["correlationId" if keys == "camel" else "correlation_id"]
    payload = envelope["payloads"][0]
    kind = payload["type" if keys == "camel" else "payload_type"]
    if kind not in KINDS[keys]:
        raise ValueError("unknown kind " + kind)
    body = binascii.a2b_base64(payload["data"])
    if kind == "text":
        body.decode()
    elif kind in ("dictionary", "jsontable"):
        json.loads(body.decode())
    elif kind in ("table", "arrowtable"):
        return rows(body)
    return binascii.hexlify(body).decode()


for name in sys.argv[2:]:
    with open(name, "rb") as file:
        raw = file.read()
    try:
        print("yes", read(sys.argv[1], raw))
    except Exception as error:
        print("no", repr(error))
