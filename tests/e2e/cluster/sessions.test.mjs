// A key has one session in some topics, on whichever node.
import assert from "node:assert/strict";
import { Cluster, clusterScene } from "../support/cluster.mjs";
import { pause, until } from "../support/wait.mjs";

const topic = "arena:1";
const settings = { "single-session": ["arena:*=newest", "vault=oldest"] };
const rejoinMs = 500; // Five times as long as a client waits to join again.

clusterScene("a newer session ends the older one on another node for good", async (s) => {
  const cluster = await Cluster.start(s, 2, settings);
  const [a, b] = cluster.nodes;
  const bob = await s.join(b, "bob", topic);
  const client = s.client(a, { key: "ann" });
  const older = await client.join(topic);
  const told = older.hear("presence_replaced");
  await bob.sees("ann", "bob");
  const newer = await s.join(b, "ann", topic);
  await until(() => older.closes === 1, "the end of the older channel");
  assert.deepEqual(told, [{ key: "ann" }]);
  assert.deepEqual(older.errors, []);
  client.cut(); // Nor does it come back with its connection.
  await until(() => client.opens === 2, "the connection again");
  await pause(rejoinMs);
  assert.equal(newer.closes, 0);
  assert.equal(bob.metas("ann").length, 1);
  assert.equal(bob.metas("ann")[0].phx_ref, newer.reply.phx_ref);
  await cluster.agree(topic, bob, newer);
});

clusterScene("a newer session is refused while the older one is there", async (s) => {
  const cluster = await Cluster.start(s, 2, settings);
  const [a, b] = cluster.nodes;
  const bob = await s.join(b, "bob", "vault");
  const older = await s.join(a, "ann", "vault");
  await bob.sees("ann", "bob");
  const newer = s.client(b, { key: "ann" }).seat("vault");
  await assert.rejects(newer.join(), { reason: "key_taken" });
  await older.leave();
  await until(() => newer.states.length > 0, "a later attempt to join");
  await cluster.agree("vault", bob, newer);
});
