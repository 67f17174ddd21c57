"""The same work in Python, for the ratios: reads the messages that the benchmark wrote, prints seconds per operation.

Usage: baseline.py FOLDER — FOLDER holds text.json, binary.json, table.json.
"""

import base64
import io
import json
import sys
import time
from pathlib import Path

import pyarrow as pa


def best(work, least=0.4):
    """Seconds of the fastest of several rounds, each of enough repetitions to be measurable."""
    repeat, spent = 1, 0.0
    while spent < 0.02:
        repeat *= 2
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        spent = time.perf_counter() - start
    rounds = max(3, int(least / spent))
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        times.append((time.perf_counter() - start) / repeat)
    return min(times)


def decode(raw, kind):
    envelope = json.loads(raw)
    values = []
    for payload in envelope["payloads"]:
        body = base64.b64decode(payload["data"])
        if kind == "text":
            body = body.decode("utf-8")
        elif kind == "table":
            body = pa.ipc.open_stream(io.BytesIO(body)).read_all()
        values.append((payload["dataname"], body, payload["type"]))
    return values


def digest(raw):
    """What a list needs of a message: its header fields and the kinds of its payloads."""
    envelope = json.loads(raw)
    fields = ("correlationId", "msgId", "replyToMsgId", "replyTo", "senderName", "receiverName", "msgPurpose", "timestamp")
    return [envelope[field] for field in fields], [payload["type"] for payload in envelope["payloads"]]


def encode(envelope, value, kind):
    if kind == "text":
        body = value.encode("utf-8")
    elif kind == "table":
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, value.schema) as writer:
            writer.write_table(value)
        body = sink.getvalue().to_pybytes()
    else:
        body = value
    envelope["payloads"][0]["data"] = base64.b64encode(body).decode("ascii")
    envelope["payloads"][0]["size"] = len(body)
    return json.dumps(envelope).encode("utf-8")


def main():
    folder = Path(sys.argv[1])
    seconds = {}
    for kind in ("text", "binary", "table"):
        raw = (folder / f"{kind}.json").read_bytes()
        seconds[f"decode {kind}"] = best(lambda: decode(raw, kind))
        seconds[f"digest {kind}"] = best(lambda: digest(raw))
        value = decode(raw, kind)[0][1]
        envelope = json.loads(raw)
        seconds[f"encode {kind}"] = best(lambda: encode(envelope, value, kind))
    print(json.dumps(seconds))


main()
