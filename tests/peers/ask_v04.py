"""A peer as written for releases up to 0.4.2 that asks and waits at its own subject, without a NATS inbox.

Usage: ask_v04.py NATS_URL SUBJECT TEXT. Prints the answer's envelope with the text of its payloads, or "no answer".
"""

import asyncio
import base64
import json
import sys
import uuid

import nats


async def main(url, subject, text):
    client = await nats.connect(url)
    back = "/python/" + uuid.uuid4().hex
    subscription = await client.subscribe(back)
    body = text.encode()
    asked = {
        "correlationId": str(uuid.uuid4()), "msgId": str(uuid.uuid4()), "timestamp": "2026-11-26T10:00:00.000Z",
        "sendTo": subject, "msgPurpose": "chat", "senderName": "python", "senderId": str(uuid.uuid4()),
        "receiverName": "", "receiverId": "", "replyTo": back, "replyToMsgId": "", "brokerURL": url, "metadata": {},
        "payloads": [{"id": str(uuid.uuid4()), "dataname": "question", "type": "text", "transport": "direct",
                      "encoding": "base64", "size": len(body), "data": base64.b64encode(body).decode(),
                      "metadata": {}}],
    }
    await client.publish(subject, json.dumps(asked).encode())
    try:
        message = await subscription.next_msg(timeout=20)
    except nats.errors.TimeoutError:
        print("no answer")
        return
    answer = json.loads(message.data)
    assert answer["replyToMsgId"] == asked["msgId"] and answer["correlationId"] == asked["correlationId"]
    assert answer["receiverName"] == "python" and answer["receiverId"] == asked["senderId"]
    assert answer["sendTo"] == back and answer["replyTo"] == "" and "msg_id" not in answer
    texts = [base64.b64decode(payload["data"]).decode() for payload in answer["payloads"]]
    names = [payload["dataname"] for payload in answer["payloads"]]
    print(json.dumps({"purpose": answer["msgPurpose"], "sender": answer["senderName"], "names": names,
                      "texts": texts}))
    await client.close()


asyncio.run(main(*sys.argv[1:]))
