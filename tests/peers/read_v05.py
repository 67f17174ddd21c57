"""A receiver as written for 0.5 and later: snake_case keys, `payload_type`, `arrowtable` and `jsontable`.

Usage: read_v05.py NATS_URL SUBJECT. Says "ready" once subscribed, then prints what it understood of one message.
"""

import asyncio
import base64
import hashlib
import json
import sys

import nats
import pyarrow as pa

REQUIRED = (
    "correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id reply_to "
    "reply_to_msg_id broker_url metadata payloads"
).split()

READERS = {
    "text": lambda body: body.decode(),
    "dictionary": json.loads,
    "arrowtable": lambda body: pa.ipc.open_stream(body).read_all().to_pylist(),
    "jsontable": json.loads,
} | {kind: lambda body: hashlib.sha256(body).hexdigest() for kind in ("image", "audio", "video", "binary")}


async def main(url, subject):
    client = await nats.connect(url)
    subscription = await client.subscribe(subject)
    await client.flush()
    print("ready", flush=True)
    message = await subscription.next_msg(timeout=30)
    envelope = json.loads(message.data)
    missing = [key for key in REQUIRED if envelope.get(key) is None]
    assert not missing, missing
    assert envelope["send_to"] == subject
    understood = []
    for payload in envelope["payloads"]:
        assert payload["transport"] == "direct"
        body = base64.b64decode(payload["data"], validate=True)
        assert payload["size"] == len(body), payload["dataname"]
        understood.append([payload["dataname"], payload["payload_type"], READERS[payload["payload_type"]](body)])
    print(json.dumps({"purpose": envelope["msg_purpose"], "metadata": envelope["metadata"],
                      "replyTo": envelope["reply_to"], "payloads": understood}))
    await client.close()


asyncio.run(main(*sys.argv[1:]))
