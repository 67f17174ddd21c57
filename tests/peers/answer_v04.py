"""A responder as written for releases up to 0.4.2: answers where the envelope's replyTo says, never on the NATS inbox.

Usage: answer_v04.py NATS_URL SUBJECT TIMES COPIES. Says "ready" once subscribed, then answers that many requests, each
with so many replies of different text.
"""

import asyncio
import base64
import json
import sys
import uuid

import nats


async def main(url, subject, times, copies):
    client = await nats.connect(url)
    subscription = await client.subscribe(subject)
    await client.flush()
    print("ready", flush=True)
    for _ in range(int(times)):
        message = await subscription.next_msg(timeout=30)
        asked = json.loads(message.data)
        for copy in range(int(copies)):
            body = f"answer {copy + 1}".encode()
            await client.publish(asked["replyTo"], json.dumps({
                "correlationId": asked["correlationId"], "msgId": str(uuid.uuid4()),
                "timestamp": "2026-11-26T10:00:00.000Z", "sendTo": asked["replyTo"], "msgPurpose": "ACK",
                "senderName": "python", "senderId": str(uuid.uuid4()), "receiverName": asked["senderName"],
                "receiverId": asked["senderId"], "replyTo": "", "replyToMsgId": asked["msgId"],
                "brokerURL": url, "metadata": {},
                "payloads": [{"id": str(uuid.uuid4()), "dataname": "answer", "type": "text", "transport": "direct",
                              "encoding": "base64", "size": len(body), "data": base64.b64encode(body).decode(),
                              "metadata": {}}],
            }).encode())
    await client.drain()


asyncio.run(main(*sys.argv[1:]))
