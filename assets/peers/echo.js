// A NATSBridge peer on node that echoes every payload, decoded and re-encoded. A starting point for your own.
//
//     npm install nats apache-arrow
//     node echo.js [SUBJECT] [NATS_URL]            # natsbridge request /peer/echo --text message=Hello
//
// It connects to NATS_URL (the argument or the variable) and tries again for as long as nobody answers there. It answers
// in the spelling of the request (snake_case or camelCase), to reply_to or to the NATS reply. Payloads that came by link
// are fetched and go back by link, uploaded to FILESERVER_URL. What it cannot read is answered with NACK and why.

const { randomUUID } = require("node:crypto");
const { connect } = require("nats");
const arrow = require("apache-arrow");

const [subject = "/peer/echo", url = process.env.NATS_URL || "nats://127.0.0.1:4222"] = process.argv.slice(2);
const fileserver = process.env.FILESERVER_URL || "http://localhost:8080";
const most = 256 * 1024 * 1024; // bytes that are taken by link
const fields = ("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name receiver_id " +
  "reply_to reply_to_msg_id broker_url metadata payloads").split(" ");

const camel = (name) => name.replace(/_url$/, "URL").replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const same = (name) => name;
const say = (text) => console.error(`echo.js: ${text}`);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// With or without a byte order mark.
const parsed = (body) => JSON.parse(utf8.decode(body).replace(/^\ufeff/, ""));

const text = (body) => Buffer.from(utf8.decode(body));
const dictionary = (body) => Buffer.from(JSON.stringify(parsed(body)));
function table(body) {
  // Without this, bytes that are nothing come back as a table without columns.
  if (!arrow.RecordBatchReader.from(body).open().schema) throw new Error("no Arrow schema in it");
  return Buffer.from(arrow.tableToIPC(arrow.tableFromIPC(body), "stream"));
}
const again = new Map(Object.entries({
  text, dictionary, jsontable: dictionary, json: dictionary, table, arrowtable: table,
  image: same, audio: same, video: same, binary: same,
}));

async function asked(address, options) {
  // fetch would take data: and blob: addresses, too.
  if (!/^https?:\/\//.test(address)) throw new Error(`${address} is no http address`);
  const response = await fetch(address, { signal: AbortSignal.timeout(30000), ...options });
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  const parts = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > most) throw new Error(`${address} has more than ${most} bytes`);
  }
  return Buffer.concat(parts);
}

async function upload(name, body) {
  const headers = { "Content-Type": "application/json" };
  const opened = JSON.parse(await asked(`${fileserver}/upload`, { method: "POST", headers, body: '{"oneShot":true}' }));
  const form = new FormData();
  form.append("file", new Blob([body]), name || "payload");
  const token = { "X-UploadToken": opened.uploadToken };
  const file = JSON.parse(await asked(`${fileserver}/file/${opened.id}`, { method: "POST", headers: token, body: form }));
  return `${fileserver}/file/${opened.id}/${file.id}/${encodeURIComponent(file.fileName)}`;
}

const direct = (dataname, key, kind, body, metadata) => ({
  id: randomUUID(), dataname, [key]: kind, transport: "direct", encoding: "base64", size: body.length,
  data: body.toString("base64"), metadata,
});

async function payload(old) {
  if (typeof old?.data !== "string") throw new Error("a payload is a JSON object with text under data");
  const { transport = "direct", dataname = "" } = old;
  const key = "payload_type" in old ? "payload_type" : "type";
  if (!again.has(old[key]) || !["direct", "link"].includes(transport)) {
    throw new Error(`${old[key]} by ${transport} is not supported`);
  }
  if (transport === "direct" && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(old.data)) throw new Error("the data is not base64");
  const came = transport === "link" ? await asked(old.data) : Buffer.from(old.data, "base64");
  const body = again.get(old[key])(came);
  const made = direct(dataname, key, old[key], body, old.metadata || {});
  return transport === "link" ? { ...made, transport, encoding: "none", data: await upload(dataname, body) } : made;
}

// Where the answer goes, and the answer; nowhere if nobody said where.
async function answer(raw, inbox, limit = Infinity) {
  let [request, to, spell] = [{}, inbox, same];
  try {
    const came = parsed(raw);
    if (came === null || typeof came !== "object" || Array.isArray(came)) {
      throw new Error("the message is no envelope, which is a JSON object");
    }
    request = came;
    const known = (spelling) => fields.filter((name) => spelling(name) in request).length;
    if (known(camel) > known(same)) spell = camel;
    to = place(request[spell("reply_to")]) || inbox;
    if (!Array.isArray(request.payloads)) throw new Error("payloads is no list; a message without any says []");
    const payloads = [];
    for (const old of request.payloads) payloads.push(await payload(old));
    const reply = envelope(request, spell, to, "chat", payloads);
    if (reply.length > limit) throw new Error(`the answer has ${reply.length} bytes, and the broker takes ${limit}`);
    return [to, reply];
  } catch (error) {
    const why = Buffer.from(`${error.message}${error.cause ? `: ${error.cause.message}` : ""}`.slice(0, 1000));
    const key = spell === same ? "payload_type" : "type";
    return [to, envelope(request, spell, to, "NACK", [direct("error", key, "text", why, {})])];
  }
}

// A subject to answer to: one with white space in it would be another command to the broker.
const place = (replyTo) => (typeof replyTo === "string" && /^[^\s\x00-\x1f\x7f]{1,500}$/.test(replyTo) ? replyTo : "");

function envelope(request, spell, to, purpose, payloads) {
  const said = (name) => (typeof request[spell(name)] === "string" ? request[spell(name)] : "");
  const reply = {
    correlation_id: said("correlation_id"), msg_id: randomUUID(), timestamp: new Date().toISOString(),
    send_to: to, msg_purpose: purpose, sender_name: "echo.js", reply_to_msg_id: said("msg_id"), metadata: {}, payloads,
  };
  return Buffer.from(JSON.stringify(Object.fromEntries(fields.map((name) => [spell(name), reply[name] ?? ""]))));
}

// The first table costs more than all others: nobody should wait for it.
async function warmUp() {
  const bodies = { text: "warm", dictionary: "{}", table: arrow.tableToIPC(arrow.tableFromArrays({ warm: [1] }), "stream") };
  const payloads = Object.entries(bodies).map(([kind, body]) => direct("warm", "type", kind, Buffer.from(body), {}));
  await answer(envelope({}, same, "", "chat", payloads), "");
}

async function main() {
  await warmUp();
  const shown = url.replace(/\/\/[^/@]*@/g, "//");
  const { username: user, password: pass } = new URL(url.includes("//") ? url.split(",")[0] : `nats://${url}`);
  const waiting = setTimeout(say, 3000, `nobody answers at ${shown} yet`);
  const client = await connect({
    servers: shown.split(","), maxReconnectAttempts: -1,
    waitOnFirstConnect: true, ...(user && (pass ? { user, pass } : { token: user })),
  });
  clearTimeout(waiting);
  (async () => {
    for await (const news of client.status()) if (/connect$/.test(news.type)) say(`${news.type} ${news.data}`);
  })();
  const subscription = client.subscribe(subject);
  await client.flush();
  console.log(`echoing on ${subject} at ${shown}`);
  for await (const message of subscription) {
    const [to, reply] = await answer(message.data, message.reply || "", client.info?.max_payload);
    try {
      if (to) client.publish(to, reply);
    } catch (error) {
      say(error.message);
    }
  }
  throw (await client.closed()) || new Error("the broker does not want us any more");
}

main().catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
