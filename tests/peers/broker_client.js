// Drives a broker with the JavaScript client and prints `ok` when everything came back as it should.
// Argument: the broker's URL.
const assert = require("node:assert");
const { connect, headers, StringCodec } = require("nats");

async function main(url) {
  const text = StringCodec();
  const nc = await connect({ servers: url, reconnect: false, timeout: 5000 });
  const inbox = nc.subscribe("js.>", { max: 3 });
  nc.publish("js.a.b", text.encode("plain"));
  const h = headers();
  h.set("Key", "value");
  nc.publish("js.h", text.encode("with headers"), { headers: h });
  const large = new Uint8Array(1 << 20).fill(7);
  nc.publish("js.large", large);
  const seen = [];
  for await (const message of inbox) seen.push(message);
  assert.strictEqual(text.decode(seen[0].data), "plain");
  assert.strictEqual(seen[1].headers.get("Key"), "value");
  assert.deepStrictEqual(seen[2].data, large);

  nc.subscribe("service.*", {
    queue: "workers",
    callback: (_, message) => message.respond(message.data.reverse()),
  });
  const answer = await nc.request("service.reverse", text.encode("abc"), { timeout: 5000 });
  assert.strictEqual(text.decode(answer.data), "cba");
  await assert.rejects(nc.request("nobody.here", undefined, { timeout: 5000 }), { code: "503" });
  assert.strictEqual(nc.info.max_payload, 1 << 20);
  await nc.drain();
  console.log("ok");
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
