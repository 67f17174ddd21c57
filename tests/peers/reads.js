// Reads an envelope as a receiver on node, or in a browser, would, and prints "yes" with what it got, or "no" with the
// reason. Usage: reads.js node|browser FILE...   (one line per file)

const { readFileSync } = require("node:fs");
const [where, ...files] = process.argv.slice(2);
const kinds = ["text", "dictionary", "arrowtable", "jsontable", "image", "audio", "video", "binary"];

const decode = {
  node: (text) => new Uint8Array(Buffer.from(text, "base64")),
  browser: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
}[where];

function read(raw) {
  const envelope = JSON.parse(raw.toString());
  if (!("correlation_id" in envelope)) throw new Error("no correlation_id");
  const payload = envelope.payloads[0];
  const kind = payload.payload_type;
  if (!kinds.includes(kind)) throw new Error(`unknown kind ${kind}`);
  const body = decode(payload.data);
  if (kind === "arrowtable") {
    if (where === "browser") throw new Error("no Arrow here");
    return `rows ${require("apache-arrow").tableFromIPC(body).numRows}`;
  }
  if (kind === "dictionary" || kind === "jsontable") JSON.parse(new TextDecoder().decode(body));
  if (kind === "text") return Buffer.from(new TextEncoder().encode(new TextDecoder().decode(body))).toString("hex");
  return Buffer.from(body).toString("hex");
}

for (const file of files) {
  try {
    console.log("yes", read(readFileSync(file)));
  } catch (error) {
    console.log("no", String(error.message).split("\n")[0]);
  }
}
