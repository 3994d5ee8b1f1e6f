// What is refused, and that the client lives on.
import assert from "node:assert/strict";
import { agree, forGood } from "./support/client.mjs";
import { RawSocket } from "./support/raw.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

scene("a topic that fits no pattern is refused", async (s) => {
  const node = await s.node({ settings: { "channel.patterns": ["room:*", "lobby"] } });
  const client = s.client(node, { key: "ann" });
  for (const topic of ["hall:1", "lobby:1", "room"]) {
    const seat = client.seat(topic);
    await assert.rejects(seat.join(), { reason: "unmatched topic" });
    seat.channel.leave();
  }
  await client.join("room:1");
  await client.join("lobby");
  assert.equal(await node.refusals("unmatched_topic"), 3);
});

scene("an event to a topic that is not joined is refused", async (s) => {
  const node = await s.node();
  const raw = await RawSocket.open(node);
  const reply = await raw.ask(null, "5", "room:1", "wave", {});
  assert.deepEqual(reply, [null, "5", "room:1", "phx_reply", { status: "error", response: { reason: "unmatched topic" } }]);
  raw.socket.close();
});

scene("one channel too many is refused, and its place can be had again", async (s) => {
  const node = await s.node({ settings: { "gateway.channels-per-session-max": 3 } });
  const client = s.client(node, { key: "ann" });
  const seats = [];
  for (const n of [1, 2, 3]) seats.push(await client.join(`room:${n}`));
  const fourth = client.seat("room:4");
  await assert.rejects(fourth.join(), { reason: "too many channels joined" });
  fourth.channel.leave();
  await seats[0].leave();
  await client.join("room:5");
  for (const seat of seats.slice(1)) await seat.push("presence:count");
});

scene("a client without heartbeats is closed as idle, and one with them is not", async (s) => {
  const node = await s.node({ settings: { "gateway.idle-timeout-ms": 600 } });
  const awake = s.client(node, { key: "ann", heartbeatIntervalMs: 100 });
  const ann = await awake.join("room:1");
  const asleep = s.client(node, { key: "bob", heartbeatIntervalMs: 1_000_000_000, ...forGood });
  await asleep.join("room:1");
  await ann.sees("ann", "bob");
  await ann.sees("ann");
  await until(() => asleep.closes.length === 1, "the close");
  assert.deepEqual(asleep.closes, [1002]);
  assert.deepEqual(awake.closes, []);
  assert.equal(await node.refusals("idle"), 1);
  await agree(node, "room:1", ann);
});

scene("a node that is full answers 503, and has room again", async (s) => {
  const node = await s.node({ settings: { "gateway.sessions-max": 1 } });
  const first = await RawSocket.open(node);
  assert.equal((await new RawSocket(node).refused).status, 503);
  first.socket.close();
  await first.closed;
  await until(async () => await node.metric("rollcall_sessions") === 0, "the session ends");
  const second = await RawSocket.open(node);
  second.socket.close();
});

scene("presences of a topic beyond the limit are refused", async (s) => {
  const node = await s.node({ settings: { "presences-per-topic-max": 2 } });
  const ann = await s.join(node, "ann", "room:1");
  const bob = await s.join(node, "bob", "room:1");
  const cat = s.client(node, { key: "cat" }).seat("room:1");
  await assert.rejects(cat.join(), { reason: "too_many_presences" });
  cat.channel.leave();
  await bob.leave();
  await s.join(node, "dan", "room:1");
  await ann.sees("ann", "dan");
});

scene("a foreign origin, an unknown version and a request without upgrade are refused", async (s) => {
  const node = await s.node();
  const { status } = await new RawSocket(node, { origin: "http://elsewhere.example" }).refused;
  assert.equal(status, 403);
  assert.equal((await new RawSocket(node, { query: "vsn=123.1.1" }).refused).status, 403);
  const plain = await node.get("/socket/websocket?vsn=2.0.0");
  assert.equal(plain.status, 400);
  assert.match(plain.body, /connection/i);
  const same = await RawSocket.open(node, { origin: `http://127.0.0.1:${node.port}` });
  same.socket.close();
});

scene("a setting that is wrong ends the node and says what is allowed", async (s) => {
  await assert.rejects(s.node({ settings: { "gateway.port": 70000 } }), /gateway\.port.*70000.*65535/s);
  await assert.rejects(s.node({ settings: { "gateway.prot": 1 } }), /gateway\.prot/);
  for (const node of s.nodes) assert.equal(node.exit.code, 2);
});
