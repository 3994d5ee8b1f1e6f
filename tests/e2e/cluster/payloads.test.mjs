// What a peer may make CAF read: nothing but what a node would send.
import assert from "node:assert/strict";
import { BaspPeer, messageHead } from "../support/basp.mjs";
import { makeCertificates, tls } from "../support/certificates.mjs";
import { Cluster, clusterScene, peerState } from "../support/cluster.mjs";
import { until, within } from "../support/wait.mjs";

const topic = "room:payloads";
const megabyte = 1e6;
const huge = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]);
const noStages = Buffer.alloc(1);

const attacks = {
  "messages nested 60 000 deep": Buffer.concat([noStages, ...Array.from({ length: 60_000 }, () => messageHead("@<>+@message"))]),
  "a length of 4 GB in 53 bytes": Buffer.concat([noStages, messageHead("@<>+@charbuf"), huge]),
  "a list of 4 G texts": Buffer.concat([noStages, messageHead("@<>+@strvec"), huge]),
  "4 G stages": Buffer.concat([huge, messageHead("@<>")]),
  "an exit": Buffer.concat([noStages, messageHead("@<>+@exit"), Buffer.alloc(64)]),
};

async function watchHealth(node, isOver) {
  const times = [];
  while (!isOver()) {
    const start = performance.now();
    assert.equal((await fetch(`${node.url}/health`)).status, 200);
    times.push(performance.now() - start);
  }
  return times.sort((x, y) => x - y);
}

for (const hasTls of [false, true])
  clusterScene(`frames that would cost CAF its stack or memory cost a connection, ${hasTls ? "with" : "without"} TLS`, async (s) => {
    const folder = hasTls ? makeCertificates(s, "a", "b", "mallory") : undefined;
    const cluster = await Cluster.start(s, 2,
      (name) => (hasTls ? { ...tls(folder, name), "cluster.allow-plaintext": false } : {}));
    const [a, b] = cluster.nodes;
    const ann = await s.join(a, "ann", topic);
    const bob = await s.join(b, "bob", topic);
    for (const seat of [ann, bob]) await seat.sees("ann", "bob");
    cluster.network.reachPeers?.();
    const before = await a.metric("process_resident_memory_bytes");
    let isOver = false;
    const watch = watchHealth(a, () => isOver);
    for (let round = 0; round < 5; ++round)
      for (const [name, payload] of Object.entries(attacks)) {
        const peer = await BaspPeer.open(a.settings["cluster.listen"], folder, "mallory");
        peer.say(payload);
        await within(peer.closed, `the node closes on ${name}`);
      }
    isOver = true;
    const times = await watch;
    const grown = await a.metric("process_resident_memory_bytes") - before;
    const p99 = times[Math.floor(times.length * 0.99)];
    s.say(`${times.length} health checks, p99 ${p99.toFixed(1)} ms, grown ${(grown / megabyte).toFixed(2)} MB`);
    assert.ok(p99 < 100, `${p99} ms`);
    assert.ok(grown < 8 * megabyte, `${grown} bytes`);
    await ann.update({ after: 1 });
    await until(() => bob.metas("ann")[0]?.after === 1, "an update after the attacks");
    for (const [node, other] of [[a, "b"], [b, "a"]]) {
      assert.equal(await peerState(node, other), "up");
      assert.equal(await node.metric("rollcall_cluster_downs_total"), 0);
    }
    assert.equal(await b.metric("rollcall_cluster_links_total"), 1);
    assert.deepEqual([ann.left(), bob.left()], [[], []]);
  });
