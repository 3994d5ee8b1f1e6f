// Attacks on the port where nodes listen for their peers: with bytes, and as a
// peer that says what no node would.
import { randomBytes } from "node:crypto";
import { crowd, done, pause, Stranger } from "../support/stranger.mjs";

const helloBytes = 48;
const headerBytes = 32;
const keyBytes = 32;
const direct = 2; // BASP's message types.
const clientHandshake = 1;
const monitor = 4;
const down = 5;
const heartbeat = 6;

function varint(value) {
  const out = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Buffer.from([...out, rest]);
}

// How CAF 0.17 names a node: an atom, a process, a host.
function someKey() {
  const key = randomBytes(keyBytes);
  key.writeBigUInt64BE(0x3e9aab9bac79n, 0); // The atom `default`.
  return key;
}

const hello = (key, { version = 1, status = 0 } = {}) =>
  Buffer.concat([Buffer.from("rollcall"), Buffer.from([version, status]), Buffer.alloc(6), key]);

function header(type, payloadBytes, { flags = 0, data = 0n, source = 0n, destination = 0n } = {}) {
  const out = Buffer.alloc(headerBytes);
  out[0] = type;
  out[3] = flags;
  out.writeUInt32BE(payloadBytes, 4);
  out.writeBigUInt64BE(BigInt(data), 8);
  out.writeBigUInt64BE(BigInt(source), 16);
  out.writeBigUInt64BE(BigInt(destination), 24);
  return out;
}

const frameOf = (type, payload, options) => Buffer.concat([header(type, payload.length, options), payload]);

// A message as CAF writes it: no stages, then its types and their values. The
// type is either announced (0, and its name) or one that CAF numbers.
const named = (types, values = Buffer.alloc(0)) => {
  const name = Buffer.from(`@<>${types}`);
  return Buffer.concat([Buffer.from([0, 0]), varint(name.length), name, values]);
};
const payloadOf = (message) => Buffer.concat([Buffer.from([0]), message]);
const huge = Buffer.from([255, 255, 255, 255, 15]); // 2^32 - 1.

const nested = (levels) => Buffer.concat([...Array.from({ length: levels }, () => named("+@message")), named("")]);

// Each says to an actor of the node what makes a reader that trusts it take too
// much memory or stack.
export const payloads = {
  nested: () => payloadOf(nested(60_000)),
  nestedALittle: () => payloadOf(nested(500)),
  hugeBytes: () => payloadOf(named("+@charbuf", huge)),
  hugeString: () => payloadOf(named("+@str", huge)),
  hugeList: () => payloadOf(named("+@strvec", huge)),
  hugeUnicode: () => payloadOf(named("+@u16str", huge)),
  hugeStages: () => Buffer.concat([huge, named("")]),
  hugeName: () => Buffer.concat([Buffer.from([0, 0, 0]), huge, Buffer.from("@<>")]),
  error: () => payloadOf(named("+error", Buffer.concat([Buffer.from([1]), Buffer.alloc(8, 1), nested(30_000)]))),
  manyTypes: () => payloadOf(named("+@i32".repeat(20_000), Buffer.alloc(80_000))),
  unknown: () => payloadOf(named("+nobody::knows", randomBytes(50))),
  actor: () => payloadOf(named("+@actor", randomBytes(60))),
  down: () => payloadOf(named("+@down", randomBytes(60))),
  exit: () => payloadOf(named("+@exit", Buffer.concat([Buffer.alloc(44, 1), randomBytes(20)]))),
  tell: () => payloadOf(named("+rollcall::tell_frame", Buffer.concat([Buffer.from([1, 97, 1, 97]), nested(30_000)]))),
  wire: () => payloadOf(named("+rollcall::wire_frame", Buffer.concat([varint(60), Buffer.from([1, 8, 0]), randomBytes(57)]))),
  noise: () => randomBytes(200),
};

// A link as far as a peer comes without knowing anything. `actor` is what the
// node publishes, where messages go.
async function link(target) {
  const peer = await Stranger.open(target, { port: target.clusterPort, ...target.tls });
  const key = someKey();
  const read = [];
  peer.socket.on("data", (bytes) => read.push(bytes));
  const have = (size) => Buffer.concat(read).length >= size;
  peer.write(hello(key));
  await peer.until(() => have(helloBytes + headerBytes));
  if (peer.isClosed || !have(helloBytes + headerBytes)) return peer;
  const first = Buffer.concat(read).subarray(helloBytes);
  const size = first.readUInt32BE(4);
  await peer.until(() => have(helloBytes + headerBytes + size));
  peer.actor = publishedBy(Buffer.concat(read).subarray(helloBytes + headerBytes, helloBytes + headerBytes + size));
  peer.key = key;
  done.linked += 1;
  peer.write(frameOf(clientHandshake, key));
  return peer;
}

// Behind the node's id come names of applications, then the actor.
function publishedBy(payload) {
  let at = keyBytes;
  if (payload.length <= at) return 1n;
  let names = payload[at++];
  for (; names > 0; --names) at += 1 + payload[at];
  return payload.length >= at + 8 ? payload.readBigUInt64BE(at) : 1n;
}

async function strike(target, kinds) {
  let next = 0;
  const count = await crowd(target, 4, async () => {
    const peer = await link(target);
    const kind = kinds[next++ % kinds.length];
    peer.write(frameOf(direct, payloads[kind](), { source: 1n, destination: peer.actor ?? 1n }));
    await Promise.race([peer.closed, pause(100)]);
    peer.end();
  });
  return { count };
}

export const nestedMessages = (target) => strike(target, ["nested"]);
export const hugeLengths = (target) => strike(target, ["hugeBytes", "hugeString", "hugeList", "hugeUnicode", "hugeStages", "hugeName"]);
export const strangeTypes = (target) => strike(target, Object.keys(payloads).filter((kind) => !kind.startsWith("huge") && kind !== "nested"));

// Frames of BASP whose headers are wrong, or that come out of turn.
export async function strangeFrames(target) {
  const frames = (key) => [
    header(direct, 0xffffffff, { destination: 1n }), header(clientHandshake, 0), frameOf(clientHandshake, someKey()),
    frameOf(clientHandshake, key), frameOf(0, Buffer.alloc(100), { data: 4n }), frameOf(3, Buffer.alloc(100), { destination: 1n }),
    frameOf(monitor, randomBytes(64)), frameOf(down, randomBytes(100), { source: 1n }), header(heartbeat, 0), header(heartbeat, 5),
    frameOf(99, randomBytes(10)), frameOf(direct, randomBytes(10), { flags: 255, destination: 1n }),
    frameOf(direct, payloads.wire(), { data: (1n << 63n) - 1n, destination: 1n }), header(direct, 100, { destination: 1n }),
  ];
  let next = 0;
  const count = await crowd(target, 4, async () => {
    const peer = await link(target);
    const all = frames(peer.key ?? someKey());
    peer.write(all[next++ % all.length]);
    await Promise.race([peer.closed, pause(50)]);
    peer.end();
  });
  return { count };
}

// First bytes of a link: none, wrong ones, somebody's own.
export async function hellos(target) {
  const same = someKey();
  const all = [() => hello(someKey()), () => hello(same), () => hello(someKey(), { version: 9 }), () => hello(someKey(), { status: 7 }),
    () => hello(Buffer.alloc(keyBytes)), () => hello(someKey()).subarray(0, 20), () => randomBytes(300), () => Buffer.alloc(48, 255),
    () => Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), () => Buffer.from([22, 3, 1, 255, 255, ...randomBytes(300)])];
  let next = 0;
  const count = await crowd(target, 16, async () => {
    const peer = await Stranger.open(target, { port: target.clusterPort, secure: false });
    peer.write(all[next++ % all.length]());
    await Promise.race([peer.closed, pause(20)]);
    peer.end();
  });
  return { count };
}
