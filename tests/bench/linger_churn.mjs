// Whether a node's work grows with its history: clients join one topic and are
// cut, and their presences linger. Prints the CPU time of each second, and the
// median of seconds 24 to 26 against that of seconds 4 to 6.
//   node tests/bench/linger_churn.mjs [CONNECTIONS_PER_SECOND [SECONDS]]
// `ROLLCALL_NODE` names the node; build/bin/rollcall-node if unset.
import { readFileSync } from "node:fs";
import { RawSocket } from "../e2e/support/raw.mjs";
import { Node } from "../e2e/support/node.mjs";
import { pause } from "../e2e/support/wait.mjs";

const rate = Number(process.argv[2] ?? 100);
const seconds = Number(process.argv[3] ?? 26);
const ticksPerSecond = 100; // USER_HZ, the same on all Linux.

const cpuMs = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / ticksPerSecond;
};

async function joinAndBeCut(node, n) {
  const raw = await RawSocket.open(node, { query: `vsn=2.0.0&user_id=user${n}` });
  await raw.join(`room:${n % 10}`);
  raw.socket.terminate();
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const node = await Node.start({ settings: { "channel.linger-ms": 4000 } });
const used = [];
const start = performance.now();
let n = 0;
let before = cpuMs(node.child.pid);
for (let second = 1; second <= seconds; ++second) {
  const all = [];
  for (let i = 0; i < rate; ++i) {
    all.push(joinAndBeCut(node, n++));
    await pause(Math.max(0, start + (n * 1000) / rate - performance.now()));
  }
  await Promise.all(all);
  const now = cpuMs(node.child.pid);
  used.push(now - before);
  before = now;
}
console.log(JSON.stringify({ cpuMsOfEachSecond: used }));
const early = median(used.slice(3, 6));
const late = median(used.slice(-3));
console.log(JSON.stringify({ early, late, ratio: late / early, presences: await node.metric("rollcall_presences") }));
await node.stop("SIGTERM");
