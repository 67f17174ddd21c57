# A NATSBridge peer on MicroPython that echoes every payload, decoded and re-encoded. A starting point for your own.
#
#     micropython echo_micropython.py [SUBJECT] [HOST] [PORT]
#
# A bare socket, json and binascii, nothing to install. It answers in the spelling of the request (snake_case or
# camelCase), to reply_to or to the NATS reply. No tables and no links, and at most 50,000 bytes: NACK says why.

import binascii
import json
import os
import socket
import sys
import time

MOST = 50000
FIELDS = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id "
          "reply_to reply_to_msg_id broker_url metadata payloads").split()
BYTES = ("text", "dictionary", "jsontable", "json", "image", "audio", "video", "binary")


def camel(name):
    parts = name.split("_")
    rest = ["URL" if part == "url" else part[0].upper() + part[1:] for part in parts[1:]]
    return parts[0] + "".join(rest)


def uuid4():
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = binascii.hexlify(raw).decode()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def new_payload(name, key, kind, body, metadata):
    data = binascii.b2a_base64(body).decode().strip()
    return {"id": uuid4(), "dataname": name, key: kind, "transport": "direct", "encoding": "base64",
            "size": len(body), "data": data, "metadata": metadata}


def again(old):
    key = "payload_type" if "payload_type" in old else "type"
    kind = old[key]
    if old["transport"] != "direct" or kind not in BYTES:
        raise ValueError("%s by %s is not supported" % (kind, old["transport"]))
    body = binascii.a2b_base64(old["data"])
    if kind == "text":
        body = body.decode().encode()
    elif kind in ("dictionary", "jsontable", "json"):
        body = json.dumps(json.loads(body.decode())).encode()
    return new_payload(old["dataname"], key, kind, body, old.get("metadata") or {})


def answer(raw):
    request = json.loads(raw.decode())
    spell = (lambda name: name) if "msg_id" in request else camel
    try:
        if len(raw) > MOST:
            raise ValueError("%d bytes exceed the limit of %d" % (len(raw), MOST))
        purpose, payloads = "chat", [again(old) for old in request["payloads"]]
    except Exception as error:
        key = "payload_type" if "msg_id" in request else "type"
        purpose, payloads = "NACK", [new_payload("error", key, "text", repr(error).encode(), {})]
    to = request.get(spell("reply_to")) or ""
    now = "%04d-%02d-%02dT%02d:%02d:%02d.000Z" % time.gmtime()[:6]
    known = {"correlation_id": request[spell("correlation_id")], "msg_id": uuid4(), "timestamp": now, "send_to": to,
             "msg_purpose": purpose, "sender_name": "echo_micropython.py", "metadata": {},
             "reply_to_msg_id": request[spell("msg_id")], "payloads": payloads}
    return to, json.dumps({spell(name): known.get(name, "") for name in FIELDS}).encode()


def main(subject="/peer/echo", host="127.0.0.1", port="4222"):
    link = socket.socket()
    link.connect(socket.getaddrinfo(host, int(port))[0][-1])
    stream = link.makefile("rwb")
    stream.write(b'CONNECT {"verbose":false,"pedantic":false,"lang":"micropython","version":"0"}\r\n')
    stream.write(b"SUB %s 1\r\nPING\r\n" % subject.encode())
    while True:
        line = stream.readline()
        if not line:
            raise SystemExit("the broker closed the connection")
        words = line.split()
        if words[0] == b"PONG":
            print("echoing on %s at %s:%s" % (subject, host, port))
        elif words[0] == b"PING":
            stream.write(b"PONG\r\n")
        elif words[0] == b"MSG":
            raw = stream.read(int(words[-1]))
            stream.readline()
            to, reply = answer(raw)
            to = to.encode() or (words[3] if len(words) == 5 else b"")
            stream.write(b"PUB %s %d\r\n%s\r\n" % (to, len(reply), reply))


main(*sys.argv[1:])
