// phoenix.js comes back 10 ms after a close and does the same again. What a
// client does wrong may cost the node and the others next to nothing.
import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { pause, until } from "./support/wait.mjs";

const room = "room:calm";

// The times of phoenix.js itself, not those of our tests.
const asShipped = { reconnectAfterMs: undefined, rejoinAfterMs: undefined };

const deep = JSON.parse(`${'{"a":'.repeat(80)}1${"}".repeat(80)}`);
const refused = {
  "a topic of 256 bytes": ["t".repeat(256), {}, "invalid_topic"],
  "a topic that is no string": [3, {}, "invalid_topic"],
  "a meta of 80 levels": ["room:2", { meta: deep }, "invalid_payload"],
  "a message of 70 KB": ["room:2", { meta: { a: "x".repeat(70_000) } }, "too_large"],
  "a message of 900 KB": ["room:2", { meta: { a: "x".repeat(900_000) } }, "too_large"],
};

scene("a join that is refused costs no close and no leave, however often it is tried", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", room);
  const bad = s.client(node, { key: "bad", ...asShipped });
  await bad.join(room);
  await ann.sees("ann", "bad");
  ann.forget();
  const reasons = {};
  const start = performance.now();
  await Promise.all(Object.entries(refused).map(([what, [topic, params]]) => {
    // A topic twice would be one channel that is replaced.
    const channel = bad.socket.channel(topic === "room:2" ? `${topic}:${what}` : topic, params);
    let tries = 0;
    channel.join().receive("error", ({ reason }) => { reasons[what] = reason; tries += 1; });
    return until(() => tries >= 2, `${what} is refused twice`); // After 1 s again.
  }));
  assert.ok(performance.now() - start >= 900, "phoenix.js waits a second before it tries again");
  assert.deepEqual(reasons, Object.fromEntries(Object.entries(refused).map(([what, [, , reason]]) => [what, reason])));
  assert.deepEqual([bad.closes, bad.opens], [[], 1]);
  assert.deepEqual([ann.diffs, ann.events], [[], []]);
});

const closing = {
  "text that is no message": [(socket) => socket.send("garbage"), 1008],
  "bytes that are no message": [(socket) => socket.send(Buffer.from([9, 9, 9])), 1008],
  "text that is not UTF-8": [(socket) => socket.send(Buffer.from([0xff]), { binary: false }), 1007],
  "a message of 2 MB": [(socket) => socket.send(`["1","2","room:2","phx_join","${"x".repeat(2_000_000)}"]`), 1009],
};

scene("a client that must be closed is closed once a second, however fast it returns", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", room);
  const bad = await Promise.all(Object.entries(closing).map(async ([what, [misbehave]]) => {
    const client = s.client(node, { key: what, ...asShipped });
    const seat = await client.join(room);
    client.socket.onOpen(() => misbehave(client.socket.conn));
    return { what, client, seat };
  }));
  await ann.sees("ann", ...Object.keys(closing));
  ann.forget();
  const start = performance.now();
  for (const { what, client } of bad) closing[what][0](client.socket.conn);
  await pause(4000); // The time that is measured.
  const seconds = (performance.now() - start) / 1000;
  for (const { what, client } of bad) {
    const closes = client.closes.length;
    assert.ok(closes >= 1 && closes <= seconds, `${what}: ${closes} closes in ${seconds} s`);
    assert.deepEqual([...new Set(client.closes)], [closing[what][1]], what);
    const left = ann.left().filter((key) => key === what).length;
    assert.ok(left <= closes, `${what}: ${left} leaves, ${closes} closes`);
  }
  const lines = node.log.split("\n").filter((line) => line.includes("session closed")).length;
  assert.ok(lines <= bad.length * (seconds + 1), `${lines} lines`);
});
