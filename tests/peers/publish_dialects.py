"""Publishes one envelope per dialect, as programs of that time write it, then messages that are no envelopes.

Usage: publish_dialects.py NATS_URL SUBJECT
"""

import asyncio
import base64
import json
import sys
import uuid
from datetime import datetime, timezone

import nats
import pyarrow as pa

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def arrow_stream():
    table = pa.table({"id": [1, 2, 3], "name": ["ann", None, "cid"]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


CAMEL = dict(
    correlation_id="correlationId", msg_id="msgId", timestamp="timestamp", send_to="sendTo",
    msg_purpose="msgPurpose", sender_name="senderName", sender_id="senderId", receiver_name="receiverName",
    receiver_id="receiverId", reply_to="replyTo", reply_to_msg_id="replyToMsgId", broker_url="brokerURL",
    metadata="metadata", payloads="payloads",
)
OLDEST = CAMEL | dict(broker_url="BrokerURL", metadata="note")
SNAKE = {name: name for name in CAMEL}

# dialect: envelope keys, payload's type key, words for dictionary, table and jsontable
DIALECTS = {
    "v0.0": (OLDEST, "type", "json", "table", None),
    "v0.4": (CAMEL, "type", "dictionary", "table", None),
    "readme": (SNAKE, "type", "dictionary", "table", None),
    "v0.4.3": (SNAKE, "payload_type", "dictionary", "table", None),
    "v0.5": (SNAKE, "payload_type", "dictionary", "arrowtable", "jsontable"),
}


def envelope(dialect, subject):
    keys, type_key, dictionary, table, jsontable = DIALECTS[dialect]
    parts = [
        ("message", "Grüße", "text", "Grüße".encode()),
        ("config", None, dictionary, json.dumps({"dialect": dialect, "n": 1}).encode()),
        ("rows", None, table, arrow_stream()),
        ("avatar", None, "image", PIXEL),
        ("blob", None, "binary", bytes(range(256))),
    ]
    if jsontable:
        parts.append(("list", None, jsontable, json.dumps([{"id": 1}, {"id": 2}]).encode()))
    payloads = [
        {
            "id": str(uuid.uuid4()), "dataname": name, type_key: kind, "transport": "direct", "encoding": "base64",
            "size": len(body), "data": base64.b64encode(body).decode(), "metadata": {},
        }
        for name, _, kind, body in parts
    ]
    values = dict(
        correlation_id=str(uuid.uuid4()), msg_id=str(uuid.uuid4()),
        timestamp=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        send_to=subject, msg_purpose="chat", sender_name="python " + dialect, sender_id=str(uuid.uuid4()),
        receiver_name="", receiver_id="", reply_to="", reply_to_msg_id="", broker_url="nats://localhost:4222",
        metadata={}, payloads=payloads,
    )
    return {keys[name]: value for name, value in values.items()}


async def main(url, subject):
    client = await nats.connect(url)
    for dialect in DIALECTS:
        await client.publish(subject, json.dumps(envelope(dialect, subject)).encode())
    await client.publish(subject, b'{"plain": [1, 2.50, null]}')
    await client.publish(subject, "nur Text\x1b[2J".encode())
    await client.publish(subject, bytes([0xFF, 0xFE, 0x00, 0x80]), headers={"Trace": "on"}, reply="answers.here")
    await client.publish(subject, PIXEL)
    await client.drain()


asyncio.run(main(*sys.argv[1:]))
