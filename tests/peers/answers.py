"""A peer that answers as peers should not. Usage: answers.py NATS_URL. Says "ready" once subscribed.

What it does is the last token of the subject asked on: `well` answers, `never` does not, `twice` answers with two
different messages, `again` sends one answer twice, `unknown` names a request that nobody sent, `late` answers only once
something was said on `go`, `no` answers with a NACK.
"""

import asyncio
import base64
import json
import sys
import uuid
from datetime import datetime, timezone

import nats


def letter(request, text, **fields):
    envelope = {
        "correlation_id": request["correlation_id"], "msg_id": str(uuid.uuid4()),
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "send_to": request["reply_to"], "msg_purpose": "chat", "sender_name": "python", "sender_id": str(uuid.uuid4()),
        "receiver_name": request["sender_name"], "receiver_id": "", "reply_to": "",
        "reply_to_msg_id": request["msg_id"], "broker_url": "nats://localhost:4222", "metadata": {},
        "payloads": [{
            "id": str(uuid.uuid4()), "dataname": "text", "payload_type": "text", "transport": "direct",
            "encoding": "base64", "size": len(text), "data": base64.b64encode(text.encode()).decode(), "metadata": {},
        }],
    }
    return json.dumps(envelope | fields).encode()


async def main(url):
    client = await nats.connect(url)
    asked = await client.subscribe("ask.*")
    go = await client.subscribe("go")
    await client.flush()
    print("ready", flush=True)
    async for message in asked.messages:
        request = json.loads(message.data)
        way = message.subject.split(".")[1]
        one = letter(request, "one")
        answers = {
            "well": [one],
            "never": [],
            "twice": [one, letter(request, "two")],
            "again": [one, one],
            "unknown": [letter(request, "?", reply_to_msg_id=str(uuid.uuid4()))],
            "no": [letter(request, "no", msg_purpose="NACK")],
            "late": [one],
        }[way]
        if way == "late":
            await anext(aiter(go.messages))
        for answer in answers:
            await client.publish(request["reply_to"], answer)
        await client.flush()


asyncio.run(main(sys.argv[1]))
