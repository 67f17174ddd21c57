// A peer in JavaScript as written for releases up to 0.4.2: takes envelopes apart, fetches their links, and sends the
// same values back.
// Usage: node echo_links.js NATS_URL SUBJECT BACK FILESERVER_URL STYLE, NODE_PATH naming the modules. STYLE is how it
// uploads: `plik` (the one-shot sequence) or `put`. What came direct goes back direct, what came by link goes back by
// link; values are decoded and encoded anew on the way. Says "ready" once subscribed; an envelope that it cannot read
// ends it with the reason.

const { connect } = require('nats');
const { tableFromIPC, tableToIPC } = require('apache-arrow');
const { randomUUID } = require('crypto');

const raw = (body) => body;
const json = (body) => Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
const again = {
  text: (body) => Buffer.from(body.toString('utf8')),
  dictionary: json,
  table: (body) => Buffer.from(tableToIPC(tableFromIPC(body), 'stream')),
  image: raw, audio: raw, video: raw, binary: raw,
};

async function download(url) {
  for (let delay = 100; ; delay *= 2) {
    const answer = await fetch(url);
    if (answer.ok) return Buffer.from(await answer.arrayBuffer());
    if (delay > 1600) throw new Error(`${url} answers ${answer.status}`);
    await new Promise((wake) => setTimeout(wake, delay));
  }
}

async function good(answer) {
  if (!answer.ok) throw new Error(`${answer.url} answers ${answer.status}: ${await answer.text()}`);
  return answer;
}

const uploads = {
  async plik(server, name, body) {
    const opened = await good(await fetch(`${server}/upload`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ oneShot: true }),
    }));
    const { id, uploadToken } = await opened.json();
    const form = new FormData();
    form.append('file', new Blob([body], { type: 'application/octet-stream' }), name);
    const sent = await good(await fetch(`${server}/file/${id}`, {
      method: 'POST', headers: { 'X-UploadToken': uploadToken }, body: form,
    }));
    const file = await sent.json();
    if (file.fileSize !== body.length) throw new Error(`fileSize says ${file.fileSize}, sent ${body.length}`);
    return `${server}/file/${id}/${file.id}/${encodeURIComponent(name)}`;
  },
  async put(server, name, body) {
    // A slash, encoded or not, is a directory to a server that keeps files.
    const url = `${server}/${randomUUID()}-${encodeURIComponent(name.replaceAll('/', '_'))}`;
    await good(await fetch(url, { method: 'PUT', body }));
    return url;
  },
};

async function answer(envelope, back, server, upload) {
  const payloads = [];
  for (const payload of envelope.payloads) {
    const link = payload.transport === 'link';
    let body = link ? await download(payload.data) : Buffer.from(payload.data, 'base64');
    if (body.length !== payload.size) {
      throw new Error(`size of ${payload.dataname} says ${payload.size}, has ${body.length}`);
    }
    body = again[payload.type](body);
    payloads.push({
      id: randomUUID(), dataname: payload.dataname, type: payload.type, transport: payload.transport,
      encoding: link ? 'none' : 'base64', size: body.length,
      data: link ? await upload(server, payload.dataname, body) : body.toString('base64'), metadata: {},
    });
  }
  return {
    correlationId: envelope.correlationId, msgId: randomUUID(), timestamp: new Date().toISOString(), sendTo: back,
    msgPurpose: 'chat', senderName: 'javascript', senderId: randomUUID(), receiverName: '', receiverId: '',
    replyTo: '', replyToMsgId: envelope.msgId, brokerURL: 'nats://localhost:4222', metadata: {}, payloads,
  };
}

async function main([url, subject, back, server, style]) {
  const client = await connect({ servers: url });
  const subscription = client.subscribe(subject);
  await client.flush();
  console.log('ready');
  for await (const message of subscription) {
    const envelope = JSON.parse(Buffer.from(message.data).toString('utf8'));
    const reply = await answer(envelope, back, server, uploads[style]);
    client.publish(back, Buffer.from(JSON.stringify(reply)));
    await client.flush();
  }
}

main(process.argv.slice(2)).catch((error) => { console.error(error); process.exit(1); });
