// The same table as apache-arrow writes it, as a file and as a stream.
// Usage: node write_arrow.js file|stream, NODE_PATH naming the modules; the bytes go to standard output.

const { Float64, Int32, Table, Utf8, tableToIPC, vectorFromArray } = require('apache-arrow');

const part = (from) => new Table({
  n: vectorFromArray([from, from + 1, null], new Int32()),
  half: vectorFromArray([from / 2, from, -from], new Float64()),
  text: vectorFromArray([`text ${from}`, 'ü', ''], new Utf8()),
});
const table = part(1).concat(part(4), part(7));
process.stdout.write(Buffer.from(tableToIPC(table, process.argv[2])));
