"""A NATSBridge peer in Python that echoes every payload, decoded and re-encoded. A starting point for your own.

    pip install nats-py pyarrow
    python echo.py [SUBJECT] [NATS_URL]          # natsbridge request /peer/echo --text message=Hello

It answers in the spelling of the request (snake_case or camelCase), to reply_to or to the NATS reply. Payloads that came
by link are fetched and go back by link, uploaded to FILESERVER_URL. What it cannot read is answered with NACK and why.
"""

import asyncio, base64, json, os, sys, uuid
from datetime import datetime, timezone
from urllib.parse import quote
from urllib.request import Request, urlopen

import nats
import pyarrow as pa

FILESERVER = os.environ.get("FILESERVER_URL", "http://localhost:8080")
FIELDS = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id "
          "reply_to reply_to_msg_id broker_url metadata payloads").split()


def camel(name):
    head, *rest = name.split("_")
    return head + "".join("URL" if part == "url" else part.capitalize() for part in rest)


def table(body):
    rows = pa.ipc.open_stream(body).read_all()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def dictionary(body):
    return json.dumps(json.loads(body), ensure_ascii=False, allow_nan=False).encode()


AGAIN = {"text": lambda body: body.decode().encode(), "dictionary": dictionary, "jsontable": dictionary, "json": dictionary,
         "table": table, "arrowtable": table,
         **dict.fromkeys(("image", "audio", "video", "binary"), lambda body: body)}


def post(url, body, **headers):
    with urlopen(Request(url, body, headers), timeout=30) as answer:
        return json.load(answer)


def upload(name, body):
    name = name.replace('"', "_") or "payload"
    opened = post(f"{FILESERVER}/upload", b'{"oneShot":true}', **{"Content-Type": "application/json"})
    mark = uuid.uuid4().hex
    part = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    file = post(f"{FILESERVER}/file/{opened['id']}", part.encode() + body + f"\r\n--{mark}--\r\n".encode(),
                **{"X-UploadToken": opened["uploadToken"], "Content-Type": f"multipart/form-data; boundary={mark}"})
    return f"{FILESERVER}/file/{opened['id']}/{file['id']}/{quote(file['fileName'], safe='')}"


def payload(old):
    link, key = old["transport"] == "link", "payload_type" if "payload_type" in old else "type"
    body = urlopen(old["data"], timeout=30).read() if link else base64.b64decode(old["data"], validate=True)
    body = AGAIN[old[key]](body)
    data = upload(old["dataname"], body) if link else base64.b64encode(body).decode()
    return {"id": str(uuid.uuid4()), "dataname": old["dataname"], key: old[key], "transport": old["transport"],
            "encoding": "none" if link else "base64", "size": len(body), "data": data,
            "metadata": old.get("metadata") or {}}


def answer(raw):
    request = json.loads(raw)
    spell = str if "msg_id" in request else camel
    try:
        purpose, payloads = "chat", [payload(old) for old in request["payloads"]]
    except Exception as error:
        why = repr(error).encode()
        key = "payload_type" if spell is str else "type"
        purpose, payloads = "NACK", [{"id": str(uuid.uuid4()), "dataname": "error", key: "text", "transport": "direct",
            "encoding": "base64", "size": len(why), "data": base64.b64encode(why).decode(), "metadata": {}}]
    to = request.get(spell("reply_to")) or ""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reply = dict.fromkeys(FIELDS, "") | {"correlation_id": request[spell("correlation_id")], "timestamp": now,
        "msg_id": str(uuid.uuid4()), "send_to": to, "msg_purpose": purpose, "sender_name": "echo.py", "metadata": {},
        "reply_to_msg_id": request[spell("msg_id")], "payloads": payloads}
    return to, json.dumps({spell(key): value for key, value in reply.items()}).encode()


async def main(subject="/peer/echo", url="nats://127.0.0.1:4222"):
    client = await nats.connect(url)
    subscription = await client.subscribe(subject)
    await client.flush()
    print(f"echoing on {subject} at {url}", flush=True)
    async for message in subscription.messages:
        to, reply = await asyncio.to_thread(answer, message.data)
        await client.publish(to or message.reply, reply)


asyncio.run(main(*sys.argv[1:]))
