"""A peer as written for 0.5: takes envelopes apart, fetches their links, and sends the same values back.

Usage: echo_links.py NATS_URL SUBJECT BACK FILESERVER_URL STYLE. STYLE is how it uploads: `plik` (the one-shot sequence)
or `put`. What came direct goes back direct, what came by link goes back by link; values are decoded and encoded anew
on the way. Says "ready" once subscribed; an envelope that it cannot read ends it with the reason.
"""

import asyncio
import base64
import json
import sys
import time
import uuid
from datetime import datetime, timezone

import nats
import pyarrow as pa
import requests


def arrow(body):
    table = pa.ipc.open_stream(body).read_all()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


AGAIN = {
    "text": lambda body: body.decode().encode(),
    "dictionary": lambda body: json.dumps(json.loads(body)).encode(),
    "arrowtable": arrow,
    "jsontable": lambda body: json.dumps(json.loads(body)).encode(),
} | {kind: lambda body: body for kind in ("image", "audio", "video", "binary")}


def download(url):
    delay = 0.1
    for last in (False, False, False, False, True):
        answer = requests.get(url, timeout=30)
        if answer.status_code == 200:
            return answer.content
        assert not last, f"{url} answers {answer.status_code}"
        time.sleep(delay)
        delay = min(delay * 2, 5)


def upload_plik(server, name, body):
    opened = requests.post(f"{server}/upload", json={"oneShot": True}, timeout=30)
    opened.raise_for_status()
    upload = opened.json()
    sent = requests.post(
        f"{server}/file/{upload['id']}",
        headers={"X-UploadToken": upload["uploadToken"]},
        files={"file": (name, body, "application/octet-stream")},
        timeout=60,
    )
    sent.raise_for_status()
    file = sent.json()
    assert file["fileSize"] == len(body), file
    return f"{server}/file/{upload['id']}/{file['id']}/{requests.utils.quote(name, safe='')}"


def upload_put(server, name, body):
    # A slash, encoded or not, is a directory to a server that keeps files.
    url = f"{server}/{uuid.uuid4()}-{requests.utils.quote(name.replace('/', '_'), safe='')}"
    requests.put(url, data=body, timeout=60).raise_for_status()
    return url


def answer(envelope, back, server, upload):
    payloads = []
    for payload in envelope["payloads"]:
        link = payload["transport"] == "link"
        body = download(payload["data"]) if link else base64.b64decode(payload["data"], validate=True)
        assert payload["size"] == len(body), (payload["dataname"], payload["size"], len(body))
        body = AGAIN[payload["payload_type"]](body)
        payloads.append({
            "id": str(uuid.uuid4()), "dataname": payload["dataname"], "payload_type": payload["payload_type"],
            "transport": payload["transport"], "encoding": "none" if link else "base64", "size": len(body),
            "data": upload(server, payload["dataname"], body) if link else base64.b64encode(body).decode(),
            "metadata": {},
        })
    return {
        "correlation_id": envelope["correlation_id"], "msg_id": str(uuid.uuid4()),
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", "send_to": back,
        "msg_purpose": "chat", "sender_name": "python", "sender_id": str(uuid.uuid4()), "receiver_name": "",
        "receiver_id": "", "reply_to": "", "reply_to_msg_id": envelope["msg_id"],
        "broker_url": "nats://localhost:4222", "metadata": {}, "payloads": payloads,
    }


async def main(url, subject, back, server, style):
    client = await nats.connect(url)
    subscription = await client.subscribe(subject)
    await client.flush()
    print("ready", flush=True)
    upload = {"plik": upload_plik, "put": upload_put}[style]
    async for message in subscription.messages:
        reply = await asyncio.to_thread(answer, json.loads(message.data), back, server, upload)
        await client.publish(back, json.dumps(reply).encode())
        await client.flush()


asyncio.run(main(*sys.argv[1:]))
