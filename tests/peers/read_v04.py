"""A receiver as written for releases up to 0.4.2: camelCase keys, `type`, the kinds of that time.

Usage: read_v04.py NATS_URL SUBJECT. Says "ready" once subscribed, then prints what it understood of one message.
"""

import asyncio
import base64
import hashlib
import json
import sys

import nats
import pyarrow as pa

REQUIRED = (
    "correlationId msgId timestamp sendTo msgPurpose senderName senderId receiverName receiverId replyTo "
    "replyToMsgId brokerURL metadata payloads"
).split()


def value(kind, body):
    if kind == "text":
        return body.decode()
    if kind == "dictionary":
        return json.loads(body)
    if kind == "table":
        return pa.ipc.open_stream(body).read_all().to_pylist()
    if kind in ("image", "audio", "video", "binary"):
        return hashlib.sha256(body).hexdigest()
    raise ValueError("unknown type " + kind)


async def main(url, subject):
    client = await nats.connect(url)
    subscription = await client.subscribe(subject)
    await client.flush()
    print("ready", flush=True)
    message = await subscription.next_msg(timeout=30)
    envelope = json.loads(message.data)
    for key in REQUIRED:
        assert envelope[key] is not None, key
    assert envelope["sendTo"] == subject and envelope["timestamp"].endswith("Z")
    understood = []
    for payload in envelope["payloads"]:
        assert payload["transport"] == "direct" and payload["encoding"] == "base64"
        body = base64.b64decode(payload["data"], validate=True)
        assert payload["size"] == len(body), payload["dataname"]
        understood.append([payload["dataname"], payload["type"], value(payload["type"], body)])
    print(json.dumps({"purpose": envelope["msgPurpose"], "metadata": envelope["metadata"],
                      "replyTo": envelope["replyTo"], "payloads": understood}))
    await client.close()


asyncio.run(main(*sys.argv[1:]))
