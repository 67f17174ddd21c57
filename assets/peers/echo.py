"""A NATSBridge peer in Python that echoes every payload, decoded and re-encoded. A starting point for your own.

    pip install nats-py pyarrow
    python echo.py [SUBJECT] [NATS_URL]          # natsbridge request /peer/echo --text message=Hello

It connects to NATS_URL (the argument or the variable) and tries again for as long as nobody answers there. It answers in
the spelling of the request (snake_case or camelCase), to reply_to or to the NATS reply. Payloads that came by link are
fetched and go back by link, uploaded to FILESERVER_URL. What it cannot read is answered with NACK and why.
"""

import asyncio, base64, json, math, os, re, sys, uuid
from datetime import datetime, timezone
from urllib.parse import quote
from urllib.request import Request, urlopen

import nats
import pyarrow as pa

FILESERVER = os.environ.get("FILESERVER_URL", "http://localhost:8080")
MOST = 256 << 20  # bytes that are taken by link
FIELDS = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id "
          "reply_to reply_to_msg_id broker_url metadata payloads").split()


def camel(name):
    head, *rest = name.split("_")
    return head + "".join("URL" if part == "url" else part.capitalize() for part in rest)


def say(text):
    print(f"echo.py: {text}", file=sys.stderr, flush=True)


def parsed(body):
    """JSON with or without a byte order mark. Python alone would take NaN, and write it, and so it does with 1e1000."""
    def number(text):
        if not math.isfinite(float(text)):
            raise ValueError(f"{text} is not a number that can be sent back")
        return float(text)
    return json.loads(body.decode("utf-8-sig"), parse_float=number, parse_constant=number)


def table(body):
    opened = pa.ipc.open_file(body) if body[:6] == b"ARROW1" else pa.ipc.open_stream(body)
    rows = opened.read_all()
    rows.validate(full=True)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def dictionary(body):
    return json.dumps(parsed(body), ensure_ascii=False).encode()


AGAIN = {"text": lambda body: body.decode().encode(), "dictionary": dictionary, "jsontable": dictionary, "json": dictionary,
         "table": table, "arrowtable": table,
         **dict.fromkeys(("image", "audio", "video", "binary"), lambda body: body)}


def fetch(url, body=None, **headers):
    """Only http: other schemes would read files of this machine."""
    if not re.match("https?://", url):
        raise ValueError(f"{url} is no http address")
    with urlopen(Request(url, body, headers), timeout=30) as answer:
        came = answer.read(MOST + 1)
    if len(came) > MOST:
        raise ValueError(f"{url} has more than {MOST} bytes")
    return came


def upload(name, body):
    name = re.sub(r'["\x00-\x1f\x7f]', "_", name) or "payload"
    opened = json.loads(fetch(f"{FILESERVER}/upload", b'{"oneShot":true}', **{"Content-Type": "application/json"}))
    mark = uuid.uuid4().hex
    part = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    file = json.loads(fetch(f"{FILESERVER}/file/{opened['id']}", part.encode() + body + f"\r\n--{mark}--\r\n".encode(),
                            **{"X-UploadToken": opened["uploadToken"],
                               "Content-Type": f"multipart/form-data; boundary={mark}"}))
    return f"{FILESERVER}/file/{opened['id']}/{file['id']}/{quote(file['fileName'], safe='')}"


def direct(name, key, kind, body, metadata):
    return {"id": str(uuid.uuid4()), "dataname": name, key: kind, "transport": "direct", "encoding": "base64",
            "size": len(body), "data": base64.b64encode(body).decode(), "metadata": metadata}


def payload(old):
    if not isinstance(old, dict) or not isinstance(old.get("data"), str):
        raise ValueError("a payload is a JSON object with text under data")
    link, key = old.get("transport") == "link", "payload_type" if "payload_type" in old else "type"
    kind, name = str(old.get(key)), old.get("dataname") or ""
    if kind not in AGAIN or old.get("transport", "direct") not in ("direct", "link"):
        raise ValueError(f"{kind} by {old.get('transport')} is not supported")
    came = fetch(old["data"]) if link else base64.b64decode("".join(old["data"].split()), validate=True)
    body = AGAIN[kind](came)
    new = direct(name, key, kind, body, old.get("metadata") or {})
    return new | {"transport": "link", "encoding": "none", "data": upload(name, body)} if link else new


def answer(raw, inbox, most=math.inf):
    """Where the answer goes, and the answer; nowhere if nobody said where."""
    request, to, spell = {}, inbox, str
    try:
        came = parsed(raw)
        if not isinstance(came, dict):
            raise ValueError("the message is no envelope, which is a JSON object")
        request = came
        if sum(camel(key) in request for key in FIELDS) > sum(key in request for key in FIELDS):
            spell = camel
        to = place(request.get(spell("reply_to"))) or inbox
        if not isinstance(request.get("payloads"), list):
            raise ValueError("payloads is no list; a message without any says []")
        reply = envelope(request, spell, to, "chat", [payload(old) for old in request["payloads"]])
        if len(reply) > most:
            raise ValueError(f"the answer has {len(reply)} bytes, and the broker takes {most}")
    except Exception as error:
        why = f"{type(error).__name__}: {error}".encode(errors="replace")[:1000]
        key = "payload_type" if spell is str else "type"
        reply = envelope(request, spell, to, "NACK", [direct("error", key, "text", why, {})])
    return to, reply


def place(reply_to):
    """A subject to answer to: one with white space in it would be another command to the broker."""
    return reply_to if isinstance(reply_to, str) and re.fullmatch(r"[^\s\x00-\x1f\x7f]{1,500}", reply_to) else ""


def envelope(request, spell, to, purpose, payloads):
    text = lambda key: value if isinstance(value := request.get(spell(key)), str) else ""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reply = dict.fromkeys(FIELDS, "") | {"correlation_id": text("correlation_id"), "timestamp": now,
        "msg_id": str(uuid.uuid4()), "send_to": to, "msg_purpose": purpose, "sender_name": "echo.py", "metadata": {},
        "reply_to_msg_id": text("msg_id"), "payloads": payloads}
    return json.dumps({spell(key): value for key, value in reply.items()}).encode()


def warm_up():
    """The first table costs more than all others: nobody should wait for it."""
    sink = pa.BufferOutputStream()
    pa.ipc.new_stream(sink, pa.schema([("warm", pa.int64())])).close()
    bodies = {"text": b"warm", "dictionary": b"{}", "table": sink.getvalue().to_pybytes()}
    payloads = [direct("warm", "payload_type", kind, body, {}) for kind, body in bodies.items()]
    answer(envelope({}, str, "", "chat", payloads), "")


async def main(subject="/peer/echo", url=os.environ.get("NATS_URL") or "nats://127.0.0.1:4222"):
    async def failed(error):
        say(str(error) or type(error).__name__)

    async def connected():
        say("connected again")

    warm_up()
    client = await nats.connect(url.split(","), max_reconnect_attempts=-1, error_cb=failed, reconnected_cb=connected)
    subscription = await client.subscribe(subject)
    await client.flush()
    print(f"echoing on {subject} at {re.sub('//[^/@]*@', '//', url)}", flush=True)
    async for message in subscription.messages:
        to, reply = await asyncio.to_thread(answer, message.data, message.reply, client.max_payload)
        try:
            if to:
                await client.publish(to, reply)
        except Exception as error:
            await failed(error)
    sys.exit("echo.py: the broker does not want us any more")


try:
    asyncio.run(main(*sys.argv[1:3]))
except KeyboardInterrupt:
    pass
