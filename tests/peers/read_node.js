// A receiver in JavaScript as written for releases up to 0.4.2: camelCase keys, tables through apache-arrow.
// Usage: node read_node.js NATS_URL SUBJECT, NODE_PATH naming the modules. Says "ready" once subscribed, then prints
// what it understood of one message.

const { connect } = require('nats');
const { tableFromIPC } = require('apache-arrow');
const { createHash } = require('crypto');

function value(kind, body) {
  switch (kind) {
    case 'text': return body.toString('utf8');
    case 'dictionary': return JSON.parse(body.toString('utf8'));
    case 'table': return tableFromIPC(body).toArray().map((row) => {
      const object = row.toJSON();
      for (const key of Object.keys(object)) {
        if (typeof object[key] === 'bigint') object[key] = Number(object[key]);
      }
      return object;
    });
    case 'image': case 'audio': case 'video': case 'binary':
      return createHash('sha256').update(body).digest('hex');
    default: throw new Error(`unknown type ${kind}`);
  }
}

async function main([url, subject]) {
  const client = await connect({ servers: url });
  const subscription = client.subscribe(subject, { max: 1 });
  await client.flush();
  console.log('ready');
  for await (const message of subscription) {
    const envelope = JSON.parse(Buffer.from(message.data).toString('utf8'));
    const payloads = envelope.payloads.map((payload) => {
      const body = Buffer.from(payload.data, 'base64');
      if (body.length !== payload.size) throw new Error(`size of ${payload.dataname}`);
      return [payload.dataname, payload.type, value(payload.type, body)];
    });
    console.log(JSON.stringify({
      purpose: envelope.msgPurpose, metadata: envelope.metadata, replyTo: envelope.replyTo, payloads,
    }));
  }
  await client.close();
}

main(process.argv.slice(2)).catch((error) => { console.error(error); process.exit(1); });
