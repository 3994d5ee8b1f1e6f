// What one node's clients see of each other, with the official client.
import assert from "node:assert/strict";
import { Presence } from "phoenix";
import { agree, answer, forGood, normal } from "./support/client.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const topic = "room:lobby";

scene("a join gets a reply, the state, and then diffs of others", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic, { meta: { status: "online" } });
  assert.equal(ann.reply.key, "ann");
  assert.equal(ann.states.length, 1);
  const [meta] = ann.states[0].ann.metas;
  assert.equal(meta.status, "online");
  assert.equal(meta.phx_ref, ann.reply.phx_ref);
  assert.match(meta.online_at, /^\d{10}$/);
  const bob = await s.join(node, "bob", topic);
  await ann.sees("ann", "bob");
  assert.deepEqual(bob.keys(), ["ann", "bob"]);
  assert.equal(ann.states.length, 1);
  assert.deepEqual(Object.keys(ann.diffs.at(-1).joins), ["bob"]);
  assert.deepEqual(ann.diffs.at(-1).leaves, {});
  await agree(node, topic, ann, bob);
});

scene("an update is one diff, and the key is never empty", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic, { meta: { status: "online" } });
  const bob = await s.join(node, "bob", topic);
  await ann.sees("ann", "bob");
  const diffs = bob.diffs.length;
  bob.events.length = 0;
  const { phx_ref } = await ann.update({ status: "away" });
  await until(() => bob.metas("ann").some((meta) => meta.status === "away"), "the new meta");
  assert.equal(bob.diffs.length, diffs + 1);
  const diff = bob.diffs.at(-1);
  assert.deepEqual(Object.keys(diff.joins), ["ann"]);
  assert.deepEqual(Object.keys(diff.leaves), ["ann"]);
  assert.equal(diff.joins.ann.metas[0].phx_ref, phx_ref);
  assert.equal(diff.joins.ann.metas[0].phx_ref_prev, ann.reply.phx_ref);
  assert.equal(diff.leaves.ann.metas[0].phx_ref, ann.reply.phx_ref);
  assert.deepEqual(bob.events.map((e) => e.kind), ["join", "leave"]);
  assert.equal(bob.events[0].before.metas.length, 1);
  assert.deepEqual(bob.events[1].left.map((meta) => meta.status), ["away"]);
  assert.deepEqual([...bob.came(), ...bob.left()], []);
  await agree(node, topic, ann, bob);
});

scene("an update keeps the time of the join", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const before = ann.metas("ann")[0].online_at;
  await ann.update({ online_at: "1", phx_ref: "forged", status: "away" });
  await until(() => ann.metas("ann")[0].status === "away", "the new meta");
  assert.equal(ann.metas("ann")[0].online_at, before);
  assert.notEqual(ann.metas("ann")[0].phx_ref, "forged");
});

scene("two tabs of one user are one key with two metas, and one leave keeps the key", async (s) => {
  const node = await s.node();
  const bob = await s.join(node, "bob", topic);
  const desk = await s.join(node, "ann", topic, { meta: { tab: 1 } });
  await s.join(node, "ann", topic, { meta: { tab: 2 } });
  await until(() => bob.metas("ann").length === 2, "two metas");
  assert.deepEqual(bob.keys(), ["ann", "bob"]);
  assert.deepEqual(bob.came(), ["bob", "ann"]);
  await desk.leave();
  await until(() => bob.metas("ann").length === 1, "one meta");
  assert.equal(bob.metas("ann")[0].tab, 2);
  assert.deepEqual(bob.left(), []);
  await agree(node, topic, bob);
});

scene("a leave is seen by the others and closes the channel", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const bob = await s.join(node, "bob", topic);
  await ann.sees("ann", "bob");
  await bob.leave();
  await ann.sees("ann");
  assert.deepEqual(ann.left(), ["bob"]);
  assert.equal(bob.closes, 1);
  await agree(node, topic, ann);
});

scene("a connection that is cut leaves all its topics elsewhere", async (s) => {
  const node = await s.node();
  const lobby = await s.join(node, "ann", topic);
  const attic = await s.join(node, "ann", "room:attic");
  const client = s.client(node, { key: "bob", ...forGood });
  await client.join(topic);
  await client.join("room:attic");
  await lobby.sees("ann", "bob");
  await attic.sees("ann", "bob");
  client.cut();
  await lobby.sees("ann");
  await attic.sees("ann");
  await agree(node, topic, lobby);
  await agree(node, "room:attic", attic);
});

scene("a client whose connection is cut comes back by itself", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const client = s.client(node, { key: "bob" });
  const bob = await client.join(topic, { meta: { n: 1 } });
  await ann.sees("ann", "bob");
  const former = bob.reply.phx_ref;
  client.cut();
  await until(() => bob.states.length === 2, "a second state");
  await until(() => ann.metas("bob").some((meta) => meta.phx_ref !== former), "bob is back");
  const listed = await agree(node, topic, ann, bob);
  assert.equal(listed.bob.length, 1);
});

async function bobAndFiveOthers(s) {
  const node = await s.node({ settings: { "diff-window-ms": 0 } });
  const others = [];
  for (let n = 0; n < 5; ++n) others.push(await s.join(node, `other ${n}`, topic, { meta: { n: 0 } }));
  return { node, client: s.client(node, { key: "bob" }), others };
}

scene("who leaves a topic and joins it again on one socket sees all that changed between", async (s) => {
  const { node, client, others } = await bobAndFiveOthers(s);
  let bob = await client.join(topic);
  for (let n = 1; n <= 30; ++n) {
    const updates = others.map((other) => other.update({ n }));
    await bob.leave();
    bob = await client.join(topic);
    await Promise.all(updates);
    await agree(node, topic, bob, ...others);
  }
});

scene("who joins a topic twice on one socket sees all that changed between", async (s) => {
  const { node, client, others } = await bobAndFiveOthers(s);
  let bob = await client.join(topic);
  for (let n = 1; n <= 30; ++n) {
    const updates = others.flatMap((other) => [other.update({ n }), other.update({ n: -n })]);
    bob = await client.join(topic);
    await Promise.all(updates);
    await agree(node, topic, bob, ...others);
  }
});

scene("who comes back within the linger was never seen to leave", async (s) => {
  const node = await s.node({ settings: { "channel.linger-ms": 30_000 } });
  const ann = await s.join(node, "ann", topic);
  const client = s.client(node, { key: "bob" });
  const bob = await client.join(topic);
  await ann.sees("ann", "bob");
  const former = bob.reply.phx_ref;
  client.cut();
  await until(() => bob.states.length === 2, "a second state");
  await until(() => ann.metas("bob").every((meta) => meta.phx_ref !== former), "the former meta goes");
  assert.deepEqual(ann.left(), []);
  assert.deepEqual(ann.came(), ["ann", "bob"]);
  await agree(node, topic, ann, bob);
});

scene("joining a topic twice on one socket ends the former channel only", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const client = s.client(node, { key: "bob" });
  const former = await client.join(topic, { meta: { n: 1 } });
  const latter = await client.join(topic, { meta: { n: 2 } });
  await until(() => ann.metas("bob").length === 1 && ann.metas("bob")[0].n === 2, "the second join alone");
  await until(() => former.closes === 1, "the former channel closes");
  assert.equal(latter.closes, 0);
  assert.deepEqual(latter.errors, []);
  await latter.update({ n: 3 });
  await until(() => ann.metas("bob")[0]?.n === 3, "the second channel works");
  await agree(node, topic, ann, latter);
});

scene("an observer sees and is not seen", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const eve = await s.join(node, "eve", topic, { track: false });
  assert.deepEqual(eve.reply, { key: "eve" });
  assert.deepEqual(eve.keys(), ["ann"]);
  await s.join(node, "bob", topic);
  await eve.sees("ann", "bob");
  await ann.sees("ann", "bob");
  assert.deepEqual(await ann.push("presence:count"), { presences: 2, keys: 2 });
  assert.deepEqual(ann.came(), ["ann", "bob"]);
});

scene("track, update, untrack, list and count answer with their results", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic);
  const bob = await s.join(node, "bob", topic, { track: false });
  await assert.rejects(bob.update({}), { reason: "not_tracked" });
  const { phx_ref } = await bob.push("presence:track", { meta: { n: 1 } });
  await ann.sees("ann", "bob");
  assert.equal(ann.metas("bob")[0].phx_ref, phx_ref);
  await assert.rejects(bob.push("presence:track", { meta: {} }), { reason: "already_tracked" });
  const listed = await bob.push("presence:list");
  assert.deepEqual(listed, await node.list(topic));
  assert.deepEqual(Object.keys(listed).sort(), ["ann", "bob"]);
  assert.deepEqual(await bob.push("presence:untrack"), {});
  await ann.sees("ann");
  assert.deepEqual(await bob.push("presence:count"), { presences: 1, keys: 1 });
  await agree(node, topic, ann, bob);
});

scene("the key is that of the connection, else of the join, else a guest's", async (s) => {
  const node = await s.node();
  const byJoin = await s.client(node).join(topic, { key: "ann" });
  const byNumber = await s.client(node).join(topic, { key: 7 });
  const guest = await s.client(node).join(topic);
  const byConnect = await s.join(node, "bob", topic, { key: "not bob" });
  assert.equal(byJoin.reply.key, "ann");
  assert.equal(byNumber.reply.key, "7");
  assert.match(guest.reply.key, /^guest-[0-9a-f]{16}$/);
  assert.equal(byConnect.reply.key, "bob");
});

scene("names of any script and of objects' own members are keys as others", async (s) => {
  const node = await s.node();
  const names = ["__proto__", "constructor", "Jörg ✓", "\"<script>\"", "42", "日本"];
  const room = "room:ß/ &";
  const eve = await s.join(node, "eve", room, { track: false });
  for (const name of names) await s.join(node, name, room, { meta: { text: name } });
  await eve.sees(...names);
  assert.equal(eve.metas("__proto__")[0].text, "__proto__");
  await until(async () => (await node.getJson(`/api/topics/${encodeURIComponent(room)}`)).keys === names.length,
    "the API lists them");
});

// The state of a topic holds what the diff of its window has not told yet. What
// is then undone in the same window must be told all the same.
const slow = { settings: { "diff-window-ms": 1500 } };

async function joinWithinWindow(s, node) {
  const ann = await s.join(node, "ann", topic); // Opens the window.
  const bob = await s.join(node, "bob", topic, { meta: { n: 1 } });
  const eve = await s.join(node, "eve", topic, { track: false });
  assert.deepEqual(eve.keys(), ["ann", "bob"]);
  return { ann, bob, eve };
}

scene("who comes and goes within a diff window is no ghost to those who joined in it", async (s) => {
  const node = await s.node(slow);
  const { ann, bob, eve } = await joinWithinWindow(s, node);
  await bob.push("presence:untrack");
  await s.join(node, "dan", topic);
  await eve.sees("ann", "dan");
  await agree(node, topic, ann, bob, eve);
});

scene("an update within a diff window leaves no former meta with those who joined in it", async (s) => {
  const node = await s.node(slow);
  const { ann, bob, eve } = await joinWithinWindow(s, node);
  await bob.update({ n: 2 });
  await until(() => eve.metas("bob").some((meta) => meta.n === 2), "the new meta");
  assert.deepEqual(eve.metas("bob").map((meta) => meta.n), [2]);
  await agree(node, topic, ann, bob, eve);
});

scene("a topic with a percent sign is listed under its name", async (s) => {
  const node = await s.node();
  for (const room of ["room:50%", "room:%41"]) {
    const ann = await s.join(node, "ann", room);
    await agree(node, room, ann);
  }
});

scene("a meta that is no object, too large or too deep is refused, and the client may try again", async (s) => {
  const node = await s.node();
  const client = s.client(node, { key: "ann" });
  const wrong = [[{ meta: [] }, "invalid_payload"], [{ meta: { text: "x".repeat(5000) } }, "too_large"],
    [{ meta: JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) }, "invalid_payload"]];
  for (const [params, reason] of wrong) {
    const seat = client.seat(topic, params);
    await assert.rejects(seat.join(), { reason });
    seat.channel.leave();
  }
  const ann = await client.join(topic);
  await agree(node, topic, ann);
});

// What `presence_diff` says of why the metas of a key left, by diff.
const reasonsOf = (seat, key) => seat.diffs
  .flatMap((diff) => diff.leaves[key]?.metas ?? [])
  .map((meta) => meta.leave_reason);

scene("who asks at the join hears why each presence left, and the others hear what they always did", async (s) => {
  const node = await s.node({ settings: { "single-session": ["arena:*=newest"] } });
  for (const room of [topic, "arena:1"]) {
    const curious = await s.join(node, "eve", room, { reasons: true, track: false });
    const plain = await s.join(node, "joe", room, { track: false });
    const bob = await s.join(node, "bob", room);
    await curious.sees("bob");
    await bob.update({ status: "away" });
    await until(() => curious.metas("bob")[0].status === "away", "the update");
    const cut = s.client(node, { key: "cut", ...forGood });
    await cut.join(room);
    await curious.sees("bob", "cut");
    cut.cut();
    await curious.sees("bob");
    if (room !== topic) {
      await s.join(node, "bob", room, { meta: { n: 2 } });
      await until(() => curious.metas("bob")[0].n === 2, "the newer session");
    } else {
      await bob.leave();
      await curious.sees();
    }
    const last = room === topic ? "left" : "replaced";
    assert.deepEqual(reasonsOf(curious, "bob"), ["updated", last]);
    assert.deepEqual(reasonsOf(curious, "cut"), ["lost"]);
    assert.deepEqual(curious.events.filter((e) => e.kind === "leave").map((e) => e.metas[0].leave_reason),
      ["updated", "lost", last]);
    await until(() => reasonsOf(plain, "bob").length === 2, "the other observer hears of it");
    assert.doesNotMatch(JSON.stringify(plain.diffs), /leave_reason/);
    assert.doesNotMatch(JSON.stringify(curious.presence.state), /leave_reason/);
    await agree(node, room, curious, plain);
  }
});

scene("a room in which everybody counted sends diffs again once somebody looks", async (s) => {
  const node = await s.node({ settings: { "diff-window-ms": 0 } });
  const counter = s.client(node, { key: "eve" }).seat(topic, { mode: "count" });
  const counts = counter.hear("presence_counts");
  counter.channel.join();
  await until(() => counts.length > 0, "counts");
  const bob = await s.join(node, "bob", topic);
  const ann = await s.join(node, "ann", topic);
  await bob.leave();
  await ann.sees("ann");
  const back = await s.join(node, "bob", topic);
  await ann.sees("ann", "bob");
  await agree(node, topic, ann, back);
  assert.equal(counter.diffs.length, 0);
});

const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

scene("pages of a room show who stays exactly once, whoever else comes and goes", async (s) => {
  const node = await s.node();
  const stay = [];
  for (let n = 10; n < 30; ++n) stay.push(await s.join(node, `stay-${n}`, topic));
  const reader = await s.client(node, { key: "eve" }).join(topic, { track: false });
  const seen = [];
  let after = null;
  for (let n = 0; ; ++n) {
    const page = await reader.push("presence:page", { limit: 3, after });
    seen.push(...Object.keys(page.state));
    if (page.next === null) break;
    after = page.next;
    const guest = await s.join(node, `${n % 2 ? "a" : "stay-1"}${n}x`, topic);
    if (n % 3) await guest.leave();
  }
  assert.equal(new Set(seen).size, seen.length);
  const stayed = seen.filter((key) => /^stay-\d\d$/.test(key));
  assert.deepEqual(stayed, stay.map((seat) => seat.reply.key));
  assert.deepEqual(seen, [...seen].sort(byBytes));
});

scene("a range of a room, kept by phoenix.js, is what the node lists there", async (s) => {
  const node = await s.node({ settings: { "channel.range-interval-ms": 10 } });
  const seat = s.client(node, { key: "eve" }).seat(topic, { mode: "count" });
  await answer(seat.channel.join());
  let range;
  seat.channel.on("presence_range", (told) => {
    range = told.all ? Presence.syncState(range ?? {}, told.joins) : Presence.syncDiff(range, told);
  });
  await seat.push("presence:range", { first: 2, last: 4 });
  await until(() => range !== undefined, "the range");
  const members = [];
  for (let n = 0; n < 30; ++n) {
    const key = `user-${(n * 7) % 30}`;
    if (n % 3 === 2) await members.shift().leave();
    members.push(await s.join(node, key, topic));
    if (n % 4 === 3) await members.at(-2).update({ n });
  }
  const wanted = async () => Object.fromEntries(Object.entries(normal(await node.list(topic)))
    .sort(([a], [b]) => byBytes(a, b)).slice(2, 5));
  const listed = await wanted();
  assert.equal(Object.keys(listed).length, 3);
  await until(() => JSON.stringify(normal(range)) === JSON.stringify(listed), "the range is right",
    { describe: () => ({ range: normal(range), listed }) });
  await assert.rejects(seat.push("presence:range", { first: 0, last: 100 }), { reason: "too_large" });
});
