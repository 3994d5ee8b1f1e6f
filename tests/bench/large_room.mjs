// What a change in a large room costs its node when real clients look at it:
// processor time a change, in rooms of 1000, 10000 and 100000 presences.
//   node tests/bench/large_room.mjs [VIEW [CLIENTS [CHANGES_PER_SECOND [SECONDS]]]]
// VIEW: `count` (default): how many are there; `range`: that, and 50 places, which
// differ from client to client; `none`: nobody looks; `presences`: each change. `ROLLCALL_LARGE_ROOM` names the server;
// build/bin/large_room_server if unset.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { RawSocket } from "../e2e/support/raw.mjs";
import { until } from "../e2e/support/wait.mjs";

const [view = "count", clients = 100, rate = 200, seconds = 10] = process.argv.slice(2)
  .map((text, i) => (i === 0 ? text : Number(text)));
const executable = process.env.ROLLCALL_LARGE_ROOM
  ?? fileURLToPath(new URL("../../build/bin/large_room_server", import.meta.url));
const topic = "room:large";

const views = {
  none: null,
  count: { params: () => ({ mode: "count" }), first: "presence_counts", later: ["presence_counts"] },
  range: {
    params: () => ({ mode: "count" }), first: "presence_range", later: ["presence_counts", "presence_range"],
    ask: (i, presences) => {
      const first = Math.floor((i / clients) * (presences - 50));
      return ["presence:range", { first, last: first + 49 }];
    },
  },
  presences: { params: () => ({ track: false }), first: "presence_state", later: ["presence_diff"] },
};

async function start(presences) {
  const child = spawn(executable, [String(presences)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value);
  const { port } = await read();
  return { child, read, socketUrl: `ws://127.0.0.1:${port}/socket` };
}

async function join(server, i, presences) {
  const raw = await RawSocket.open(server, { query: `vsn=2.0.0&user_id=client-${i}` });
  await raw.join(topic, views[view].params());
  if (views[view].ask) await raw.ask("1", "2", topic, ...views[view].ask(i, presences));
  await until(() => raw.received.find((m) => m[3] === views[view].first), `client ${i} has its first view`);
  return raw;
}

function heard(raw) {
  const later = raw.received.filter((m) => views[view].later.includes(m[3]));
  return { messages: later.length, bytes: later.reduce((sum, m) => sum + JSON.stringify(m).length, 0) };
}

async function churn(server, forSeconds) {
  server.child.stdin.write(`${rate} ${forSeconds}\n`);
  return server.read();
}

async function measure(presences) {
  const server = await start(presences);
  const sockets = [];
  if (views[view])
    for (let i = 0; i < clients; ++i) sockets.push(await join(server, i, presences));
  await churn(server, 2);
  for (const raw of sockets) raw.received.length = 0;
  const { changes, cpu_us } = await churn(server, seconds);
  const told = sockets.map(heard);
  const mean = (name) => told.reduce((sum, one) => sum + one[name], 0) / Math.max(1, told.length);
  console.log(JSON.stringify({
    bench: "large_room", view, presences, clients: sockets.length, changes_per_second: rate,
    cpu_us_per_change: Number((cpu_us / changes).toFixed(1)),
    messages_per_client_and_second: Number((mean("messages") / seconds).toFixed(2)),
    bytes_per_client_and_second: Number((mean("bytes") / seconds).toFixed(0)),
  }));
  for (const raw of sockets) raw.socket.terminate();
  server.child.stdin.end();
  await new Promise((done) => server.child.on("close", done));
}

for (const presences of [1000, 10_000, 100_000]) await measure(presences);
