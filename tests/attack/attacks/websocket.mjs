// Attacks with messages: each of them is one that a node serves, too many of
// them are not.
import { crowd, done, frame, message, pause, rest, Stranger } from "../support/stranger.mjs";

const attackers = 4;

// `attackers` clients in a topic, each of which sends what `make(index, n)`
// makes as fast as it is taken.
async function flood(target, make, { topic = "room:loud", payload = {} } = {}) {
  const count = await crowd(target, attackers, async (index) => {
    const stranger = await Stranger.join(target, topic, payload, { query: `&user_id=loud${index}` });
    const sent = await stranger.flood((n) => make(index, n));
    stranger.end();
    return sent;
  });
  return { count };
}

const repeated = (count, make) => Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

const heartbeats = repeated(100, (i) => message(null, String(i), "phoenix", "heartbeat", {}));

export const floodOfHeartbeats = (target) => flood(target, () => heartbeats);

export const floodOfJoins = (target) => flood(target, (_, n) =>
  repeated(20, (i) => message(`j${n}.${i}`, `j${n}.${i}`, "room:again", "phx_join", {})));

export const floodOfTopics = (target) => flood(target, (index, n) => repeated(20, (i) => {
  const ref = `${n}.${i}`;
  const topic = `room:${index}.${ref}`;
  return Buffer.concat([message(ref, ref, topic, "phx_join", {}), message(ref, `${ref}l`, topic, "phx_leave", {})]);
}));

export const floodOfUpdates = (target) => flood(target, (_, n) =>
  repeated(20, (i) => message("1", `${n}.${i}`, "room:loud", "presence:update", { meta: { n: `${n}.${i}` } })));

export const floodOfLists = (target) => flood(target, () =>
  repeated(20, (i) => message("1", String(i), "room:loud", "presence:list", {})));

export const floodOfEvents = (target) => flood(target, (_, n) =>
  repeated(20, () => message("1", String(n), "room:loud", "shout", { text: "x".repeat(1000) })));

const push = (topic, event, bytes) => Buffer.concat([
  Buffer.from([0, 1, 1, topic.length, event.length]), Buffer.from(`12${topic}${event}`), bytes]);

export const floodOfBinaries = (target) => flood(target, () =>
  repeated(20, () => frame(push("room:loud", "shout", Buffer.alloc(1000, 255)), { opcode: 2 })));

export const floodOfPings = (target) => flood(target, () => repeated(100, () => frame("x".repeat(125), { opcode: 9 })));

// A message that never ends, of parts without a byte.
export const endlessFragments = (target) => flood(target, (_, n) => (n === 0
  ? frame("[", { fin: false }) : repeated(100, () => frame("", { opcode: 0, fin: false }))));

// The same with something between the parts.
export const controlBetween = (target) => flood(target, (_, n) => (n === 0
  ? frame("[", { fin: false })
  : repeated(50, () => Buffer.concat([frame("", { opcode: 0, fin: false }), frame("p", { opcode: n % 2 ? 9 : 10 })]))));

const big = JSON.stringify(["1", "1", "room:loud", "shout", { text: "x".repeat(60_000) }]);

export const fragmentsOfBigMessages = (target) => flood(target, () => Buffer.concat([
  frame(big.slice(0, 1), { fin: false }), frame(big.slice(1, 30_000), { opcode: 0, fin: false }),
  frame(big.slice(30_000), { opcode: 0 })]));

// Upgrades, and gone in the middle of what follows.
export async function upgradeAndGo(target) {
  const count = await crowd(target, 8, async (index) => {
    const stranger = await Stranger.upgrade(target);
    stranger.write(message("1", "1", `room:${index}`, "phx_join", {}));
    stranger.end();
    await stranger.closed;
  });
  return { count };
}

// A client whose frame closes its connection and that comes back at once, as
// phoenix.js of some versions does.
export async function storm(target) {
  const bad = [
    message("1", "1", `room:${"x".repeat(300)}`, "phx_join", {}),
    frame(`["1","1","room:storm","phx_join",{"meta":${'{"a":'.repeat(80)}1${"}".repeat(80)}}]`),
    frame(`["1","1","room:storm","phx_join",{"meta":{"a":"${"x".repeat(70_000)}"}}]`),
  ];
  let joins = 0;
  const count = await crowd(target, 6, async (index) => {
    const stranger = await Stranger.join(target, "room:canary", {}, { query: `&user_id=storm${index}` });
    joins += stranger.head.includes('"phx_reply"') ? 1 : 0;
    stranger.write(bad[index % bad.length]);
    // A client that is told no stays, and says the same again when it comes back.
    await Promise.race([stranger.closed, pause(200)]);
    stranger.end();
  });
  return { count, joins };
}

// Clients that ask and never read.
export async function neverRead(target) {
  let closed = 0;
  const count = await crowd(target, target.clients, async (index) => {
    const stranger = await Stranger.join(target, "room:deaf", {}, { query: `&user_id=deaf${index}` });
    stranger.stopReading();
    const sent = await stranger.flood(() => heartbeats);
    if (stranger.isClosed) closed += 1;
    stranger.end();
    return sent;
  });
  return { count, closed };
}

// Clients that join where much is said and never read, and one that says it:
// `target.words` times 30 KB, or without end. What a client writes now and then
// is no excuse, and tells it that it was closed. `lastMs` is how long after the
// last word the last of them was closed.
export async function neverReadUnlimited(target) {
  const words = target.words ?? Infinity;
  const shout = message("1", "2", "room:deaf", "shout", { text: "x".repeat(30_000) });
  let joined = 0;
  let closed = 0;
  let lastWord = Infinity;
  let lastClosed = 0;
  const talk = async () => {
    const loud = await Stranger.join(target, "room:deaf", {}, { query: "&user_id=loud" });
    await loud.until(() => joined >= target.clients);
    for (let i = 0; i < words && !loud.isClosed && !target.isOver(); ++i, await pause(target.everyMs)) loud.write(shout);
    lastWord = performance.now();
    await rest(target);
    loud.end();
  };
  const deaf = async (index) => {
    const stranger = await Stranger.join(target, "room:deaf", {}, { query: `&user_id=deaf${index}` });
    stranger.stopReading();
    joined += 1;
    for (let ref = 2; !stranger.isClosed && !target.isOver(); ++ref) {
      stranger.write(message(null, `${ref}`, "phoenix", "heartbeat", {}));
      await Promise.race([stranger.closed, pause(50)]);
    }
    if (stranger.isClosed) closed += 1;
    lastClosed = performance.now();
    stranger.end();
    if (Number.isFinite(words)) await rest(target); // There is nothing more to hear.
  };
  const [count] = await Promise.all([crowd(target, target.clients, deaf), crowd(target, 1, talk)]);
  return { count, closed, lastMs: Math.round(Math.max(0, lastClosed - lastWord)) };
}

// Clients that keep what they join, with as much meta as they may have, until
// one is told that there is no place, or all are cut off.
export async function fill(target) {
  const payload = { meta: { text: "x".repeat(4000) } };
  let isFull = false;
  const count = await crowd({ isOver: () => isFull || target.isOver() }, 4, async (index) => {
    const stranger = await Stranger.upgrade(target, { query: `&user_id=fill${index}.${done.strikes}` });
    const id = done.strikes;
    let joined = 0;
    let text = "";
    stranger.socket.on("data", (bytes) => { text = text.slice(-200) + bytes.toString("latin1"); });
    for (; joined < 100 && !isFull && !stranger.isClosed && !target.isOver(); ++joined) {
      stranger.write(message(`${joined}`, `${joined}`, `room:${index}.${id}.${joined}`, "phx_join", payload));
      text = "";
      await stranger.until(() => text.includes('"phx_reply"'));
      if (text.includes('"shard_unavailable"')) done.full += 1;
    }
    if (done.full > 0 || stranger.isClosed) isFull = true;
    return joined;
  });
  return { count };
}

// A topic whose state is more than may wait for a client.
export async function hugeState(target) {
  const meta = { text: "x".repeat(4000) };
  const query = (index) => ({ query: `&user_id=huge${index}` });
  const members = [];
  for (let i = 0; i < target.members && !target.isOver(); ++i)
    members.push(await Stranger.join(target, "room:huge", { meta }, query(i)));
  const count = await crowd(target, 4, async (index) => {
    const stranger = await Stranger.join(target, "room:huge", {}, query(`late${index}`));
    const isWhole = () => members.length === target.members && stranger.received > members.length * 4000;
    await stranger.until(isWhole);
    if (isWhole()) done.whole += 1;
    stranger.end();
  });
  return { count: members.length + count };
}

// The same, but nobody reads it.
export async function hugeStateUnread(target) {
  const meta = { text: "x".repeat(4000) };
  for (let i = 0; i < 50 && !target.isOver(); ++i)
    await Stranger.join(target, "room:huge", { meta }, { query: `&user_id=huge${i}` });
  const count = await crowd(target, 30, async (index) => {
    const stranger = await Stranger.upgrade(target, { query: `&user_id=late${index}` });
    stranger.stopReading();
    let sent = 0;
    for (; sent < 50 && !stranger.isClosed && !target.isOver(); ++sent) {
      stranger.write(message(`${sent}`, `${sent}`, "room:huge", "phx_join", {}));
      await pause(5);
    }
    await Promise.race([stranger.closed, rest(target)]);
    stranger.end();
    return sent;
  });
  return { count };
}
