// What is shipped for clusters: the example, and the script that makes
// certificates.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCertificates, tls } from "../support/certificates.mjs";
import { Cluster, clusterScene, peers } from "../support/cluster.mjs";
import { executable, Node } from "../support/node.mjs";
import { scene } from "../support/scene.mjs";
import { throughout, until, within } from "../support/wait.mjs";

const topic = "room:shipped";
const shipped = fileURLToPath(new URL("../../../config/cluster/", import.meta.url));

scene("one command starts three nodes that see each other's clients, and ends them", async (s) => {
  const all = spawn(join(shipped, "start"), { env: { ...process.env, ROLLCALL_NODE: executable }, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  all.stderr.on("data", (text) => { log += text; });
  const ended = new Promise((done) => all.on("close", done));
  s.later(async () => {
    all.kill("SIGTERM");
    await within(ended, "the nodes end");
  });
  const nodes = [4001, 4002, 4003].map((port) => new Node({ settings: { "gateway.port": port } }));
  for (const node of nodes)
    await until(() => node.isReady(), "the nodes are ready", { describe: () => log.split("\n").slice(-10) });
  const seats = await Promise.all(nodes.map((node, i) => s.join(node, `user ${i}`, topic)));
  for (const seat of seats) await seat.sees("user 0", "user 1", "user 2");
});

clusterScene("nodes with certificates of one authority are together", async (s) => {
  const folder = makeCertificates(s, "a", "b");
  const cluster = await Cluster.start(s, 2, (name) => ({ ...tls(folder, name), "cluster.allow-plaintext": false }));
  const [ann, bob] = await Promise.all(cluster.nodes.map((node, i) => s.join(node, ["ann", "bob"][i], topic)));
  for (const seat of [ann, bob]) await seat.sees("ann", "bob");
  await cluster.agree(topic, ann, bob);
});

for (const what of ["without a certificate", "with a certificate of another authority"])
  clusterScene(`a node ${what} does not get in`, async (s) => {
    const folder = makeCertificates(s, "a", "b", "c");
    const cluster = await Cluster.start(s, 3, (name) => ({ ...tls(folder, name), "cluster.allow-plaintext": true }));
    const [a, b, c] = cluster.nodes;
    const ann = await s.join(a, "ann", topic);
    await c.stop("SIGKILL");
    await until(async () => (await peers(a)).every((peer) => peer.name !== "c" || peer.state === "down"), "c is down");
    for (const key of Object.keys(tls(folder, "c"))) delete c.settings[key];
    if (what.includes("another")) Object.assign(c.settings, tls(makeCertificates(s, "c"), "c"));
    const before = await a.metric("rollcall_cluster_links_rejected_total");
    await c.serve();
    await s.join(c, "mallory", topic);
    await until(async () => await a.metric("rollcall_cluster_links_rejected_total") > before, "it is refused");
    await throughout(1000, async () => (await peers(c)).every((peer) => peer.state !== "up"), "it sees nobody up");
    assert.deepEqual([ann.keys(), Object.keys(await b.list(topic))], [["ann"], ["ann"]]);
  });

clusterScene("a node without certificates refuses to listen beyond loopback", async (s) => {
  const node = new Node({ settings: { "cluster.listen": "0.0.0.0:0" } });
  await assert.rejects(node.start(), /allow-plaintext/);
  assert.notEqual(node.exit.code, 0);
});
