// The node ends and comes back; the clients do by themselves.
import assert from "node:assert/strict";
import { agree } from "./support/client.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const topic = "room:restart";

async function settled(node, seats) {
  const keys = [...new Set(seats.map((seat) => seat.reply.key))];
  await Promise.all(seats.map((seat) => until(() => seat.states.length >= 2, "a state after the restart")));
  await Promise.all(seats.map((seat) => seat.sees(...keys)));
  return agree(node, topic, ...seats);
}

scene("after a kill of the node clients rejoin by themselves and see its list", async (s) => {
  const node = await s.node();
  const seats = [];
  for (const key of ["ann", "bob", "cat", "cat"]) seats.push(await s.join(node, key, topic));
  await seats[0].sees("ann", "bob", "cat");
  await node.restart("SIGKILL");
  const listed = await settled(node, seats);
  assert.equal(listed.cat.length, 2);
  await seats[1].update({ status: "back" });
  await until(() => seats[0].metas("bob").some((meta) => meta.status === "back"), "an update after the restart");
});

scene("who left while the node was down is gone after it", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const bob = s.client(node, { key: "bob" });
  await bob.join(topic);
  await ann.sees("ann", "bob");
  await node.stop("SIGKILL");
  await bob.close();
  await node.start();
  await ann.sees("ann");
  assert.deepEqual(ann.left(), ["bob"]);
  await agree(node, topic, ann);
});

scene("SIGTERM closes clients with 1012, ends with 0, and they come back to the next node", async (s) => {
  const node = await s.node({ settings: { "gateway.drain-ms": 500 } });
  const clients = ["ann", "bob", "cat", "dan"].map((key) => s.client(node, { key }));
  const seats = await Promise.all(clients.map((client) => client.join(topic)));
  assert.deepEqual(await node.stop("SIGTERM"), { code: 0, signal: null });
  await until(() => clients.every((client) => client.closes.length > 0), "all are closed");
  assert.deepEqual(clients.map((client) => client.closes[0]), [1012, 1012, 1012, 1012]);
  await node.start();
  await settled(node, seats);
});

scene("while it drains the node is healthy, not ready, and takes no new client", async (s) => {
  const node = await s.node({ settings: { "gateway.drain-ms": 3000 } });
  const clients = Array.from({ length: 20 }, (_, i) => s.client(node, { key: `user ${i}`, reconnectAfterMs: () => 1e9 }));
  await Promise.all(clients.map((client) => client.join(topic)));
  node.signal("SIGTERM");
  await until(async () => {
    try {
      return (await node.get("/ready")).status === 503;
    } catch (wrong) {
      return wrong.code === "ECONNREFUSED";
    }
  }, "it is not ready");
  const late = s.client(node, { key: "late" });
  await until(() => late.closes.length > 0 || node.exit, "the late one is refused");
  assert.equal(late.opens, 0);
  assert.equal((await node.ended).code, 0);
  await until(() => clients.every((client) => client.closes.length === 1), "all are closed");
  assert.deepEqual([...new Set(clients.flatMap((client) => client.closes))], [1012]);
});

// A hundred channels is all that one connection may have.
scene("a client whose hundred channels come back at once meets no limit", async (s) => {
  const node = await s.node();
  const ann = s.client(node, { key: "ann" });
  const seats = await Promise.all(Array.from({ length: 100 }, (_, i) => ann.join(`room:${i}`)));
  for (let times = 1; times <= 2; ++times) {
    await node.restart("SIGKILL");
    await Promise.all(seats.map((seat) => until(() => seat.states.length > times, "a state after the restart")));
    await Promise.all(seats.map((seat) => seat.update({ times })));
    const refused = ["message_rate", "client_join_rate", "presence_rate", "rate_limit", "connect_rate", "join_rate", "flood"];
    for (const reason of refused) assert.equal(await node.refusals(reason), 0, reason);
  }
  for (const seat of seats) assert.equal(seat.metas("ann").length, 1);
});
