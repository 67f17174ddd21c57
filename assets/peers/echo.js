// A NATSBridge peer on node that echoes every payload, decoded and re-encoded. A starting point for your own.
//
//     npm install nats apache-arrow
//     node echo.js [SUBJECT] [NATS_URL]            # natsbridge request /peer/echo --text message=Hello
//
// It answers in the spelling of the request (snake_case or camelCase), to reply_to or to the NATS reply. Payloads that
// came by link are fetched and go back by link, uploaded to FILESERVER_URL. What it cannot read is answered with NACK.

const { randomUUID } = require("node:crypto");
const { connect } = require("nats");
const arrow = require("apache-arrow");

const [subject = "/peer/echo", url = "nats://127.0.0.1:4222"] = process.argv.slice(2);
const fileserver = process.env.FILESERVER_URL || "http://localhost:8080";
const fields = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id " +
  "reply_to reply_to_msg_id broker_url metadata payloads").split(" ");

const camel = (name) => name.replace(/_url$/, "URL").replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const text = (body) => Buffer.from(utf8.decode(body));
const dictionary = (body) => Buffer.from(JSON.stringify(JSON.parse(utf8.decode(body))));
const table = (body) => Buffer.from(arrow.tableToIPC(arrow.tableFromIPC(body), "stream"));
const same = (body) => body;
const again = {
  text, dictionary, jsontable: dictionary, json: dictionary, table, arrowtable: table,
  image: same, audio: same, video: same, binary: same,
};

async function asked(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response;
}

async function upload(name, body) {
  const headers = { "Content-Type": "application/json" };
  const opened = await (await asked(`${fileserver}/upload`, { method: "POST", headers, body: '{"oneShot":true}' })).json();
  const form = new FormData();
  form.append("file", new Blob([body]), name || "payload");
  const token = { "X-UploadToken": opened.uploadToken };
  const file = await (await asked(`${fileserver}/file/${opened.id}`, { method: "POST", headers: token, body: form })).json();
  return `${fileserver}/file/${opened.id}/${file.id}/${encodeURIComponent(file.fileName)}`;
}

async function payload(old) {
  const link = old.transport === "link";
  const key = "payload_type" in old ? "payload_type" : "type";
  if (!(old[key] in again)) throw new Error(`unknown kind ${old[key]}`);
  const came = link ? Buffer.from(await (await asked(old.data)).arrayBuffer()) : Buffer.from(old.data, "base64");
  const body = again[old[key]](came);
  return {
    id: randomUUID(), dataname: old.dataname, [key]: old[key], transport: old.transport,
    encoding: link ? "none" : "base64", size: body.length,
    data: link ? await upload(old.dataname, body) : body.toString("base64"), metadata: old.metadata || {},
  };
}

async function answer(raw) {
  const request = JSON.parse(utf8.decode(raw));
  const spell = "msg_id" in request ? (name) => name : camel;
  let purpose = "chat";
  let payloads = [];
  try {
    for (const old of request.payloads) payloads.push(await payload(old));
  } catch (error) {
    const why = Buffer.from(String(error.message));
    const key = "msg_id" in request ? "payload_type" : "type";
    purpose = "NACK";
    payloads = [{
      id: randomUUID(), dataname: "error", [key]: "text", transport: "direct", encoding: "base64", size: why.length,
      data: why.toString("base64"), metadata: {},
    }];
  }
  const to = request[spell("reply_to")] || "";
  const reply = {
    correlation_id: request[spell("correlation_id")], msg_id: randomUUID(), timestamp: new Date().toISOString(),
    send_to: to, msg_purpose: purpose, sender_name: "echo.js", reply_to_msg_id: request[spell("msg_id")],
    metadata: {}, payloads,
  };
  return [to, JSON.stringify(Object.fromEntries(fields.map((name) => [spell(name), reply[name] ?? ""])))];
}

async function main() {
  const client = await connect({ servers: url });
  const subscription = client.subscribe(subject);
  await client.flush();
  console.log(`echoing on ${subject} at ${url}`);
  for await (const message of subscription) {
    const [to, reply] = await answer(message.data);
    client.publish(to || message.reply, reply);
  }
}

main();
