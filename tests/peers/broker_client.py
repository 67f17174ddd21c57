"""Drives a broker with nats-py and prints `ok` when everything came back as it should. Argument: the broker's URL."""
import asyncio
import sys

import nats
from nats.errors import NoRespondersError


async def main(url):
    nc = await nats.connect(url, allow_reconnect=False)
    inbox = await nc.subscribe("py.>")
    await nc.publish("py.a.b", b"plain")
    await nc.publish("py.h", b"with headers", headers={"Key": "värde"})
    assert (await inbox.next_msg(timeout=5)).data == b"plain"
    message = await inbox.next_msg(timeout=5)
    assert (message.data, message.headers) == (b"with headers", {"Key": "värde"}), message

    async def echo(message):
        await message.respond(message.data[::-1])

    await nc.subscribe("service.*", queue="workers", cb=echo)
    answer = await nc.request("service.reverse", b"abc", timeout=5)
    assert answer.data == b"cba"
    try:
        await nc.request("nobody.here", b"", timeout=5)
        raise AssertionError("a request to nobody was answered")
    except NoRespondersError:
        pass

    limited = await nc.subscribe("count")
    await limited.unsubscribe(limit=2)
    for i in range(4):
        await nc.publish("count", str(i).encode())
    await nc.flush()
    assert [(await limited.next_msg(timeout=5)).data for _ in range(2)] == [b"0", b"1"]

    assert nc.max_payload == 1 << 20, nc.max_payload
    large = bytes(range(256)) * 4095
    await nc.publish("py.large", large)
    assert (await inbox.next_msg(timeout=5)).data == large
    await nc.drain()
    print("ok")


asyncio.run(main(sys.argv[1]))
