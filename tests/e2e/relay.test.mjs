// Events from member to member, as JSON and as bytes.
import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const topic = "room:relay";
const buffer = (...bytes) => Uint8Array.from(bytes).buffer;
const bytesOf = (payload) => [...new Uint8Array(payload)];

scene("an event reaches the others with its payload, and not its sender", async (s) => {
  const node = await s.node();
  const seats = [];
  for (const key of ["ann", "bob", "cat"]) seats.push(await s.join(node, key, topic));
  const [ann, bob, cat] = seats;
  const heard = seats.map((seat) => seat.hear("wave"));
  const payload = { to: ["bob", "cat"], text: "grüß \u0000 𝒢", n: 1.5 };
  assert.deepEqual(await ann.push("wave", payload), {});
  await bob.push("wave", { n: 2 }); // Comes after the first everywhere.
  await until(() => heard[0].length > 0 && heard[2].length > 1, "the events");
  assert.deepEqual(heard[0], [{ n: 2 }]);
  assert.deepEqual(heard[1], [payload]);
  assert.deepEqual(heard[2], [payload, { n: 2 }]);
  assert.equal(cat.errors.length, 0);
});

scene("an event stays in its topic", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const client = s.client(node, { key: "bob" });
  const elsewhere = await client.join("room:elsewhere");
  const here = await client.join(topic);
  const heard = [elsewhere.hear("wave"), here.hear("wave")];
  await ann.push("wave");
  await until(() => heard[1].length === 1, "the event");
  await here.push("presence:count");
  assert.equal(heard[0].length, 0);
});

scene("bytes get a reply and reach the others as they are", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const bob = await s.join(node, "bob", topic);
  const heard = [ann.hear("blob"), bob.hear("blob")];
  const all = buffer(...Array.from({ length: 256 }, (_, i) => i));
  assert.deepEqual(await ann.push("blob", all), {});
  await ann.push("blob", buffer());
  await bob.push("blob", buffer(1, 2));
  await until(() => heard[0].length === 1 && heard[1].length === 2, "the bytes");
  assert.ok(heard[1][0] instanceof ArrayBuffer);
  assert.deepEqual(heard[1].map(bytesOf), [bytesOf(all), []]);
  assert.deepEqual(heard[0].map(bytesOf), [[1, 2]]);
});

scene("bytes where JSON is asked for are refused", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  await assert.rejects(ann.push("presence:update", buffer(1)), { reason: "invalid_payload" });
  assert.deepEqual(ann.errors, []);
});

scene("events of the server cannot be relayed", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const bob = await s.join(node, "bob", topic);
  for (const event of ["presence_diff", "presence_state", "phx_close", "phx_error", "presence:other"])
    await assert.rejects(ann.push(event, { joins: {}, leaves: {} }), { reason: "unknown_event" });
  await bob.push("presence:count");
  assert.deepEqual(bob.keys(), ["ann", "bob"]);
  assert.deepEqual([bob.closes, bob.errors.length], [0, 0]);
});

scene("without relay other events are unknown", async (s) => {
  const node = await s.node({ settings: { "channel.relay": false } });
  const ann = await s.join(node, "ann", topic);
  await assert.rejects(ann.push("wave"), { reason: "unknown_event" });
});
