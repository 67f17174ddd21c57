"""A peer that holds a conversation, as written for 0.5.

Usage: correspondent.py NATS_URL INBOX OUTBOX ANSWERS. Says "ready" once subscribed. Prints each payload of the first
message on INBOX as a JSON line, acknowledges the message on its reply_to (on ANSWERS if it names none), then asks a
question on OUTBOX and prints the answer that comes back on ANSWERS.
"""

import asyncio
import base64
import hashlib
import json
import sys
import uuid
from datetime import datetime, timezone

import nats
import pyarrow as pa

READERS = {
    "text": lambda body: body.decode(),
    "dictionary": json.loads,
    "arrowtable": lambda body: pa.ipc.open_stream(body).read_all(),
    "jsontable": json.loads,
} | {kind: lambda body: hashlib.sha256(body).hexdigest() for kind in ("image", "audio", "video", "binary")}


def read(envelope):
    for payload in envelope["payloads"]:
        body = base64.b64decode(payload["data"], validate=True)
        assert payload["size"] == len(body), payload["dataname"]
        value = READERS[payload["payload_type"]](body)
        told = {"name": payload["dataname"], "kind": payload["payload_type"]}
        if isinstance(value, pa.Table):
            told["types"] = [str(field.type) for field in value.schema]
            value = value.to_pylist()
        yield told | {"value": value}


def envelope(subject, text, **fields):
    body = text.encode()
    payload = {
        "id": str(uuid.uuid4()), "dataname": "message", "payload_type": "text", "transport": "direct",
        "encoding": "base64", "size": len(body), "data": base64.b64encode(body).decode(), "metadata": {},
    }
    whole = {
        "correlation_id": str(uuid.uuid4()), "msg_id": str(uuid.uuid4()),
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", "send_to": subject,
        "msg_purpose": "chat", "sender_name": "correspondent", "sender_id": str(uuid.uuid4()), "receiver_name": "",
        "receiver_id": "", "reply_to": "", "reply_to_msg_id": "", "broker_url": "nats://localhost:4222",
        "metadata": {}, "payloads": [payload],
    }
    return json.dumps(whole | fields).encode(), whole | fields


async def main(url, inbox, outbox, answers):
    client = await nats.connect(url)
    letters = await client.subscribe(inbox)
    replies = await client.subscribe(answers)
    await client.flush()
    print("ready", flush=True)
    message = json.loads((await letters.next_msg(timeout=60)).data)
    for told in read(message):
        print(json.dumps(told, default=str), flush=True)
    back = message["reply_to"] or answers + "/received"
    received, _ = envelope(back, "received", msg_purpose="ACK", correlation_id=message["correlation_id"],
                           reply_to_msg_id=message["msg_id"])
    await client.publish(back, received)
    question, asked = envelope(outbox, "What is the capital of Peru?", reply_to=answers)
    await client.publish(outbox, question)
    await client.flush()
    answer = json.loads((await replies.next_msg(timeout=60)).data)
    assert answer["correlation_id"] == asked["correlation_id"], answer
    assert answer["reply_to_msg_id"] == asked["msg_id"], answer
    for told in read(answer):
        print(json.dumps({"answer": told["value"]}), flush=True)
    await client.close()


asyncio.run(main(*sys.argv[1:]))
