// What must hold for long: short by default, as long as they are meant to be
// with ROLLCALL_TEST_LONG=1 (about a quarter of an hour in all).
import assert from "node:assert/strict";
import { Attack, recordHello } from "../support/attack.mjs";
import { makeCertificates, tls } from "../support/certificates.mjs";
import { Cluster, clusterScene, peers, peerState } from "../support/cluster.mjs";
import { pause, until } from "../support/wait.mjs";

const isLong = process.env.ROLLCALL_TEST_LONG === "1";
const topic = "room:long";
const megabyte = 1e6;

const memory = (node) => node.metric("process_resident_memory_bytes");

// Presences that change as fast as their clients can, until stopped; each alone
// in its topic, so that this process is not busy with what it hears.
async function startWriting(s, node, clients, topicsEach) {
  const topics = Array.from({ length: clients * topicsEach }, (_, i) => `${topic}:${i}`);
  const writers = Array.from({ length: clients }, (_, i) => s.client(node, { key: `writer ${i}` }));
  const seats = await Promise.all(topics.map((each, i) => writers[i % clients].join(each, { meta: { n: 0 } })));
  let isOver = false;
  let writes = 0;
  const loops = seats.map(async (seat) => {
    for (let n = 1; !isOver; ++n, ++writes) {
      await seat.update({ n, text: "x".repeat(100) });
      seat.forget();
    }
  });
  return {
    topics,
    stop: async () => {
      isOver = true;
      await Promise.all(loops);
      return writes;
    },
  };
}

clusterScene("a peer that is stopped under full write load costs a bounded amount, and catches up", async (s) => {
  const windowBytes = 1 << 20;
  const cluster = await Cluster.start(s, 2, {
    "replication.window-bytes": windowBytes,
    // More than an honest client writes.
    "gateway.client-presence-calls-per-second-max": 0,
    "gateway.client-messages-per-second-max": 0,
    "gateway.user-presence-calls-per-second-max": 0,
    "gateway.user-messages-per-second-max": 0,
  });
  const [a, b] = cluster.nodes;
  const load = await startWriting(s, a, 20, 10);
  await pause(2000); // So that buffers have their size.
  const before = await memory(a);
  b.signal("SIGSTOP");
  await pause(isLong ? 60_000 : 4000); // The fault itself.
  const [peer] = await peers(a);
  const grown = await memory(a) - before;
  b.signal("SIGCONT");
  const start = performance.now();
  const writes = await load.stop();
  await until(async () => (await peers(a))[0].behind === 0, "the peer has everything", { describe: () => peers(a) });
  const took = performance.now() - start;
  for (const each of load.topics) await cluster.agree(each);
  s.say(`${writes} writes, behind ${peer.behind}, owed ${peer.unacknowledged_bytes} bytes, grown ${(grown / megabyte).toFixed(1)} MB, exact after ${took.toFixed(0)} ms`);
  const shards = 16; // At most; each has a window of its own, which may be passed by a packet.
  assert.ok(peer.unacknowledged_bytes <= shards * (windowBytes + (256 << 10)), `${peer.unacknowledged_bytes} bytes`);
  assert.ok(grown < 2 * shards * windowBytes, `${grown} bytes`);
}, { timeout: 300_000 });

clusterScene("restarts of one node leave nothing behind on the others", async (s) => {
  const rounds = isLong ? 1000 : 8;
  const cluster = await Cluster.start(s, 2, { "cluster.forget-after-ms": 3000, "cluster.down-after-ms": 1000 });
  const [a, b] = cluster.nodes;
  const ann = await s.join(a, "ann", topic);
  const sizes = [];
  for (let i = 0; i < rounds; ++i) {
    await b.stop("SIGKILL");
    await b.start();
    if (i % 100 === 0 || i === rounds - 1) sizes.push((await memory(a)) / megabyte);
  }
  await cluster.complete();
  await until(async () => (await peers(a)).length === 1, "one peer, not its former lives", { describe: () => peers(a) });
  await cluster.agree(topic, ann);
  s.say(`${rounds} restarts, resident MB: ${sizes.map((size) => size.toFixed(1)).join(" ")}`);
  const settled = sizes.length > 3 ? sizes[2] : sizes[0];
  assert.ok(sizes.at(-1) - settled < 4, "it grows");
}, { timeout: 3_000_000 });

for (const hasTls of [false, true])
  clusterScene(`bytes of all kinds at the cluster's port do no harm, ${hasTls ? "with" : "without"} TLS`, async (s) => {
    const folder = hasTls ? makeCertificates(s, "a", "b", "guest") : undefined;
    const settings = (name) => (hasTls ? { ...tls(folder, name), "cluster.allow-plaintext": false } : {});
    const cluster = await Cluster.start(s, 2, settings);
    const [a, b] = cluster.nodes;
    const ann = await s.join(a, "ann", topic);
    const bob = await s.join(b, "bob", topic);
    const hello = await recordHello(s, cluster, 0, settings("guest"));
    const attack = new Attack(cluster.nodes[0].settings["cluster.listen"], hello);
    await attack.run(1000);
    const before = await memory(a);
    const end = performance.now() + (isLong ? 60_000 : 3000);
    for (let i = 0; performance.now() < end; ++i) {
      await attack.run(500);
      await ann.update({ i });
      await until(() => bob.metas("ann")[0]?.i === i, "an update during the attack");
    }
    const grown = await memory(a) - before;
    s.say(`${attack.count} attacks, grown ${(grown / megabyte).toFixed(2)} MB, ${(grown / attack.count).toFixed(1)} bytes each`);
    for (const [node, other] of [[a, "b"], [b, "a"]])
      await until(async () => await peerState(node, other) === "up", `${other} is up`);
    await cluster.agree(topic, ann, bob);
    // Without certificates whoever says what a peer said is one, and may claim
    // for a moment that another has a new life.
    if (hasTls) assert.deepEqual([ann.left(), bob.left()], [[], []]);
    assert.ok(grown < 8 * megabyte, `${grown} bytes`);
  }, { timeout: 300_000 });
