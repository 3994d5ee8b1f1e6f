// What clients see when nodes and the network between them fail.
import assert from "node:assert/strict";
import { Cluster, clusterScene, networkScene, peerState, peers } from "../support/cluster.mjs";
import { pause, throughout, until } from "../support/wait.mjs";

const topic = "room:faults";
const downAfterMs = 2000; // The default.

async function threeNodes(s, settings) {
  const cluster = await Cluster.start(s, 3, settings);
  const [a, b, c] = cluster.nodes;
  const ann = await s.join(a, "ann", topic);
  const bob = await s.join(b, "bob", topic);
  const cat = await s.join(c, "cat", topic);
  for (const seat of [ann, bob, cat]) await seat.sees("ann", "bob", "cat");
  return { cluster, a, b, c, ann, bob, cat };
}

clusterScene("the presences of a killed node leave elsewhere in about two seconds", async (s) => {
  const { c, ann, bob } = await threeNodes(s);
  const start = performance.now();
  await c.stop("SIGKILL");
  await Promise.all([ann.sees("ann", "bob"), bob.sees("ann", "bob")]);
  const took = performance.now() - start;
  s.say(`leave after SIGKILL: ${took.toFixed(0)} ms`);
  assert.ok(took > 300 && took < 2.5 * downAfterMs, `${took} ms`);
  assert.deepEqual([ann.left(), bob.left()], [["cat"], ["cat"]]);
});

clusterScene("a node that is paused for a second is never reported down", async (s) => {
  const { cluster, a, b, c, ann, bob, cat } = await threeNodes(s);
  const tries = Number(process.env.ROLLCALL_TEST_PAUSES ?? 5);
  for (let i = 0; i < tries; ++i) {
    const end = performance.now() + 1000;
    c.signal("SIGSTOP");
    await throughout(end - performance.now(), async () =>
      await peerState(a, "c") === "up" && await peerState(b, "c") === "up", `c is up on the others, try ${i}`);
    c.signal("SIGCONT");
    await throughout(300, async () => (await peers(c)).every((peer) => peer.state === "up"), `the others are up on c, try ${i}`);
    assert.deepEqual([...ann.left(), ...bob.left(), ...cat.left()], [], `try ${i}`);
  }
  for (const node of cluster.nodes) assert.equal(await node.metric("rollcall_cluster_downs_total"), 0);
  await cluster.agree(topic, ann, bob, cat);
  s.say(`${tries} pauses`);
}, { timeout: 600_000 });

clusterScene("a node that is paused until it is down comes back whole", async (s) => {
  const { cluster, c, ann, bob, cat } = await threeNodes(s);
  c.signal("SIGSTOP");
  await ann.sees("ann", "bob");
  const dan = await s.join(cluster.nodes[0], "dan", topic);
  c.signal("SIGCONT");
  for (const seat of [ann, bob, cat, dan]) await seat.sees("ann", "bob", "cat", "dan");
  await cluster.complete();
  await cluster.agree(topic, ann, bob, dan);
  assert.equal(ann.came().filter((key) => key === "cat").length, 2, "no repeated join");
});

for (const signal of ["SIGKILL", "SIGTERM"])
  clusterScene(`after a restart by ${signal} a node's clients are back everywhere, once`, async (s) => {
    const { cluster, c, ann, bob, cat } = await threeNodes(s);
    for (let i = 1; i <= 2; ++i) {
      await c.restart(signal);
      await until(() => cat.states.length === i + 1, "cat is back");
      await cluster.complete();
      await Promise.all([ann, bob, cat].map((seat) => seat.sees("ann", "bob", "cat")));
      const listed = await cluster.agree(topic, ann, bob, cat);
      assert.equal(listed.cat.length, 1);
    }
    assert.deepEqual([...new Set([...ann.left(), ...bob.left()])].filter((key) => key !== "cat"), []);
  });

clusterScene("a node that leaves at once is gone at its end", async (s) => {
  const { c, ann, bob } = await threeNodes(s, { "cluster.leave-at-once": true });
  assert.equal((await c.stop("SIGTERM")).code, 0);
  const start = performance.now();
  await Promise.all([ann.sees("ann", "bob"), bob.sees("ann", "bob")]);
  const took = performance.now() - start;
  s.say(`leave after the end: ${took.toFixed(0)} ms`);
  assert.ok(took < downAfterMs / 2, `${took} ms`);
});

clusterScene("a client that goes to another node in time was never seen to leave", async (s) => {
  const { b, c, ann, bob } = await threeNodes(s, { "cluster.leave-at-once": false });
  assert.equal((await c.stop("SIGTERM")).code, 0);
  assert.deepEqual(ann.keys(), ["ann", "bob", "cat"]);
  await s.join(b, "cat", topic, { meta: { moved: true } });
  await until(() => ann.metas("cat").length === 1 && ann.metas("cat")[0].moved, "the new meta alone",
    { describe: () => ann.metas("cat") });
  assert.deepEqual([ann.left(), bob.left()], [[], []]);
});

networkScene("a node that is cut off for a moment is not missed", async (s) => {
  const { cluster, ann, bob, cat } = await threeNodes(s);
  cluster.network.cut(2);
  const dan = await s.join(cluster.nodes[0], "dan", topic);
  await pause(downAfterMs / 3); // The fault itself.
  cluster.network.heal(2);
  await cat.sees("ann", "bob", "cat", "dan");
  await cluster.agree(topic, ann, bob, cat, dan);
  for (const seat of [ann, bob, cat]) assert.deepEqual(seat.left(), []);
  for (const node of cluster.nodes) assert.equal(await node.metric("rollcall_cluster_downs_total"), 0);
});

networkScene("a node whose packets to one peer are lost, one way, is not missed there", async (s) => {
  const { cluster, a, c, ann, bob, cat } = await threeNodes(s);
  cluster.network.mute(2, 0);
  await throughout(2 * downAfterMs, async () => await peerState(a, "c") === "up" && await peerState(c, "a") === "up",
    "both stay up through b");
  const dan = await s.join(c, "dan", topic);
  const eve = await s.join(a, "eve", topic);
  for (const seat of [ann, bob, cat, dan, eve]) await seat.sees("ann", "bob", "cat", "dan", "eve");
  cluster.network.unmute(2, 0);
  await cluster.complete();
  await cluster.agree(topic, ann, bob, cat, dan, eve);
  for (const seat of [ann, bob, cat]) assert.deepEqual(seat.left(), []);
  for (const node of cluster.nodes) assert.equal(await node.metric("rollcall_cluster_downs_total"), 0);
});

// Cuts c off until both sides have missed each other, plays on both, and heals.
async function cutAndHeal(s, whileCut) {
  const all = await threeNodes(s);
  const { cluster, a, c, ann, bob, cat } = all;
  const eve = await s.join(c, "eve", topic);
  for (const seat of [ann, bob, cat]) await seat.sees("ann", "bob", "cat", "eve");
  cluster.network.cut(2);
  await Promise.all([ann.sees("ann", "bob"), bob.sees("ann", "bob"), cat.sees("cat", "eve")]);
  assert.equal(await peerState(a, "c"), "down");
  await whileCut({ ...all, eve });
  await pause(Number(process.env.ROLLCALL_TEST_CUT_MS ?? 3000)); // The fault itself.
  cluster.network.heal(2);
  await cluster.complete();
  return all;
}

const cameTimes = (seat, key) => seat.came().filter((other) => other === key).length;

networkScene("a node that is cut off and comes back shows no ghost and no repeated join", async (s) => {
  const late = [];
  const { cluster, ann, bob, cat } = await cutAndHeal(s, async ({ a, c }) => {
    late.push(await s.join(a, "dan", topic), await s.join(c, "fay", topic));
  });
  const everybody = ["ann", "bob", "cat", "dan", "eve", "fay"];
  for (const seat of [ann, bob, cat, ...late]) await seat.sees(...everybody);
  await cluster.agree(topic, ann, bob, cat, ...late);
  assert.deepEqual(everybody.map((key) => cameTimes(ann, key)), [1, 1, 2, 1, 2, 1]);
  assert.deepEqual(everybody.map((key) => cameTimes(cat, key)), [2, 2, 1, 1, 1, 1]);
}, { timeout: 1_200_000 });

networkScene("who left while their node was cut off is not seen again", async (s) => {
  const { cluster, ann, cat } = await cutAndHeal(s, async ({ bob, eve }) => {
    await bob.leave();
    await eve.leave();
  });
  for (const seat of [ann, cat]) await seat.sees("ann", "cat");
  await cluster.agree(topic, ann, cat);
  assert.equal(cameTimes(ann, "eve"), 1);
  assert.equal(cameTimes(cat, "bob"), 1);
}, { timeout: 1_200_000 });

networkScene("two nodes that only reach a third keep seeing each other, and new joins pass", async (s) => {
  const { cluster, a, b, ann, bob, cat } = await threeNodes(s);
  cluster.network.separate(0, 1);
  await throughout(2.5 * downAfterMs, async () => ann.left().length + bob.left().length + cat.left().length === 0
    && await peerState(a, "b") === "up" && await peerState(b, "a") === "up", "a and b are up to each other");
  const start = performance.now();
  const dan = await s.join(a, "dan", topic);
  await bob.sees("ann", "bob", "cat", "dan");
  s.say(`join through the third: ${(performance.now() - start).toFixed(0)} ms`);
  await bob.update({ n: 2 });
  await until(() => ann.metas("bob").some((meta) => meta.n === 2), "an update through the third");
  assert.equal((await peers(a)).find((peer) => peer.name === "b").direct, false);
  await dan.leave();
  await bob.sees("ann", "bob", "cat");
  cluster.network.reunite(0, 1);
  await until(async () => (await peers(a)).every((peer) => peer.direct), "a direct line again");
  await cluster.agree(topic, ann, bob, cat);
  for (const seat of [ann, bob, cat]) assert.deepEqual(seat.left().filter((key) => key !== "dan"), []);
});

networkScene("a third that dies while it is the only way is missed, and so is the other side", async (s) => {
  const { cluster, c, ann, bob } = await threeNodes(s);
  cluster.network.separate(0, 1);
  await throughout(downAfterMs * 1.5, () => ann.left().length + bob.left().length === 0, "all see each other by the third");
  await c.stop("SIGKILL");
  await Promise.all([ann.sees("ann"), bob.sees("bob")]);
  cluster.network.reunite(0, 1);
  await Promise.all([ann.sees("ann", "bob"), bob.sees("ann", "bob")]);
});

networkScene("with a tenth of a second each way nobody is down, and all see each other", async (s) => {
  const cluster = await Cluster.start(s, 3);
  for (const i of [0, 1, 2]) await cluster.network.delay(i, 50); // The other half is the other's.
  const seats = [];
  for (const [i, key] of ["ann", "bob", "cat"].entries()) seats.push(await s.join(cluster.nodes[i], key, topic));
  for (const seat of seats) await seat.sees("ann", "bob", "cat");
  const start = performance.now();
  await s.join(cluster.nodes[0], "dan", topic);
  await seats[1].sees("ann", "bob", "cat", "dan");
  const took = performance.now() - start;
  s.say(`join to the other node: ${took.toFixed(0)} ms`);
  assert.ok(took >= 100, "the wire is slow");
  await throughout(downAfterMs * 1.5, () => seats.every((seat) => seat.left().length === 0), "nobody leaves");
  for (const node of cluster.nodes) assert.equal(await node.metric("rollcall_cluster_downs_total"), 0);
  await cluster.agree(topic, ...seats);
});
