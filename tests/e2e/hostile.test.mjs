// Clients that keep to no rule get what is defined for them, the log says so,
// and the others notice nothing.
import assert from "node:assert/strict";
import { agree } from "./support/client.mjs";
import { RawBytes, RawSocket } from "./support/raw.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const topic = "room:calm";

// Plays `attack(node)` with two clients beside it, which may see nothing of it.
function attack(name, { settings, code, reason, count = 1 }, play) {
  scene(name, async (s) => {
    const node = await s.node({ settings: { "gateway.close-delay-ms": 0, ...settings } });
    const clients = ["ann", "bob"].map((key) => s.client(node, { key, heartbeatIntervalMs: 200 }));
    const seats = await Promise.all(clients.map((client) => client.join(topic)));
    await Promise.all(seats.map((seat) => seat.sees("ann", "bob")));
    const before = await agree(node, topic, ...seats);
    const codes = await play(node, s);
    if (code) assert.deepEqual([...new Set(codes)], [code]);
    if (reason) {
      assert.equal(await node.refusals(reason), count, "refusals counted");
      const lines = () => node.log.split("\n").filter((line) => line.includes(`reason=${reason}`));
      await until(() => lines().length >= count, "each is logged", { describe: lines });
    }
    const heard = seats[0].hear("wave");
    await seats[1].push("wave", { n: 1 });
    await until(() => heard.length === 1, "an event after it");
    assert.deepEqual(await agree(node, topic, ...seats), before);
    for (const seat of seats) assert.deepEqual([seat.errors.length, seat.closes, seat.left(), seat.states.length], [0, 0, [], 1]);
    for (const client of clients) assert.deepEqual([client.closes, client.opens], [[], 1]);
    assert.ok(node.isRunning);
  });
}

// Sends each frame on a connection of its own that has joined another topic;
// returns the close codes.
async function sendEach(node, frames) {
  const codes = [];
  for (const [bytes, options] of frames) {
    const raw = await RawSocket.open(node);
    await raw.join("room:other");
    raw.socket.send(bytes, options);
    codes.push(await raw.code());
  }
  return codes;
}

const text = (value) => [value, { binary: false }];
const bytes = (...values) => [Buffer.from(values), { binary: true }];

const malformed = [
  text("hello"), text(""), text("{}"), text("[]"), text("[1,2]"), text('["1","2","room:other","e"]'),
  text('["1","2","room:other"'), text("[1,2"), text('"hello'),
  bytes(), bytes(0), bytes(9, 9, 9), bytes(0, 255, 255, 255, 255), bytes(0, 1, 1, 4, 1, 49),
];

attack("frames that are no messages close their connection with 1008",
  { code: 1008, reason: "malformed_frame", count: malformed.length }, (node) => sendEach(node, malformed));

attack("a message far above the limit closes its connection with 1009",
  { code: 1009, reason: "frame_too_large", count: 3 },
  (node) => sendEach(node, [text(JSON.stringify(["1", "2", "room:other", "e", { a: "x".repeat(1_100_000) }])),
    text("x".repeat(70_000)), [Buffer.alloc(2_000_000), { binary: true }]]));

attack("an array that breaks a bound is answered with an error, and its connection stays",
  {}, async (node) => {
    const raw = await RawSocket.open(node);
    await raw.join("room:other");
    const deep = JSON.parse(`${'{"a":'.repeat(80)}1${"}".repeat(80)}`);
    const wrong = [["1", "2", 3, "e", {}, "invalid_topic"], ["1", "3", "t".repeat(256), "e", {}, "invalid_topic"],
      ["1", "4", "room:other", null, {}, "invalid_message"], ["1", "5", "room:other", "e".repeat(256), {}, "invalid_message"],
      ["1", "6", "room:other", "e", deep, "invalid_payload"], ["1", "7", "room:other", "e", "x".repeat(70_000), "too_large"]];
    for (const [joinRef, ref, topic, event, payload, reason] of wrong) {
      const [, , told, , { status, response }] = await raw.ask(joinRef, ref, topic, event, payload);
      assert.deepEqual([told, status, response.reason], [topic, "error", reason]);
    }
    for (const [reason, count] of [["invalid_message", 3], ["invalid_topic", 2], ["message_too_large", 1]])
      assert.equal(await node.refusals(reason), count, reason);
    assert.equal((await raw.ask("1", "8", "room:other", "wave", {}))[4].status, "ok");
    raw.socket.terminate();
  });

const deep = (open, close) => `["1","2","room:other","e",${open.repeat(100_000)}1${close.repeat(100_000)}]`;

attack("JSON of 100 000 levels closes its connection with 1008",
  { settings: { "gateway.frame-bytes-max": 4_000_000 }, code: 1008, reason: "malformed_frame", count: 2 },
  (node) => sendEach(node, [text("[".repeat(100_000)), text(`["1","2",${deep("[", "]")}]`)]));

attack("text that is not UTF-8 closes its connection with 1007",
  { code: 1007, reason: "invalid_utf8", count: 5 },
  (node) => sendEach(node, [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]].map((bad) =>
    [Buffer.concat([Buffer.from('["1","2","room:other","e",{"a":"'), Buffer.from(bad), Buffer.from('"}]')]), { binary: false }])));

attack("broken WebSocket framing closes its connection with 1002",
  { reason: "protocol_error", count: 4 }, async (node) => {
    for (const frame of [[0x81, 0x01, 0x41], [0xf1, 0x80, 0, 0, 0, 0], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0]]) {
      const raw = await RawSocket.open(node);
      raw.socket._socket.write(Buffer.from(frame));
      assert.equal(await raw.code(), 1002);
    }
  });

attack("a client that does not read is closed with 1008, and the rest is dropped",
  { settings: { "gateway.outbox-bytes-max": 65_536 }, reason: "outbox_overflow" }, async (node, s) => {
    const slow = await RawSocket.open(node);
    await slow.join("room:loud");
    const loud = await s.join(node, "cat", "room:loud");
    slow.socket.pause();
    const noise = { text: "x".repeat(60_000) };
    for (let i = 0; i < 1000 && await node.refusals("outbox_overflow") === 0; ++i) await loud.push("noise", noise);
    await loud.sees("cat");
    slow.socket.resume();
    const code = await slow.code();
    // Who reads again only after the node gave up waiting gets no code.
    assert.ok(code === 1008 || code === 1006, `code ${code}`);
  });

attack("a client that says nothing is closed with 1002",
  { settings: { "gateway.idle-timeout-ms": 700 }, code: 1002, reason: "idle" }, async (node) => {
    const silent = await RawSocket.open(node);
    return [await silent.code()];
  });

attack("a connection that asks for nothing, or stops within its request, is closed",
  { settings: { "gateway.handshake-timeout-ms": 300 }, reason: "handshake_timeout", count: 2 }, async (node) => {
    const silent = await RawBytes.open(node);
    const half = await RawBytes.open(node);
    half.socket.write("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: a\r\nUpg");
    await silent.end();
    await half.end();
  });

attack("bytes that are no HTTP get an answer or none, and their connection ends",
  { settings: { "gateway.handshake-timeout-ms": 1000 } }, async (node) => {
    const parts = ["\u0000\u0001\u0002\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(50_000)}\r\n`, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"];
    for (const part of parts) {
      const raw = await RawBytes.open(node);
      raw.socket.write(part, "latin1");
      const answer = await raw.end();
      assert.doesNotMatch(answer, /^HTTP\/1\.1 (101|2)/, part.slice(0, 20));
    }
  });

attack("a hundred connections that come and go at once leave nothing behind", {}, async (node) => {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open(node)));
  for (const [i, raw] of sockets.entries()) {
    raw.send("1", "1", "room:other", "phx_join", {});
    if (i % 2) raw.socket.terminate();
    else raw.socket.close();
  }
  await Promise.all(sockets.map((raw) => raw.closed));
  await until(async () => await node.metric("rollcall_sessions") === 2
    && Object.keys(await node.list("room:other")).length === 0, "all are gone");
});
