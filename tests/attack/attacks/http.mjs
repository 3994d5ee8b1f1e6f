// Attacks on the HTTP side of a node.
import { randomBytes } from "node:crypto";
import { crowd, pause, rest, Stranger, upgradeRequest } from "../support/stranger.mjs";

const request = (path, headers = [], method = "GET") =>
  [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", ...headers, "", ""].join("\r\n");

const many = request("/health").repeat(500);

// Requests behind each other, without waiting for an answer.
export async function pipelined(target) {
  const count = await crowd(target, 2, async () => {
    const stranger = await Stranger.open(target);
    const sent = await stranger.flood(() => many);
    stranger.end();
    return sent * 500;
  });
  return { count };
}

// The same, and nobody reads the answers.
export async function pipelinedUnread(target) {
  const count = await crowd(target, 20, async () => {
    const stranger = await Stranger.open(target);
    stranger.stopReading();
    const sent = await stranger.flood(() => many);
    stranger.end();
    return sent * 500;
  });
  return { count };
}

// Heads that arrive a byte at a time, and never end.
export async function slowHeads(target) {
  const head = Buffer.from(`${upgradeRequest().slice(0, -2)}X: ${"a".repeat(4000)}`);
  const count = await crowd(target, 200, async (index) => {
    const stranger = await Stranger.open(target);
    let sent = 0;
    for (; !stranger.isClosed && !target.isOver(); ++sent) {
      stranger.write(head.subarray(sent % head.length, sent % head.length + 1));
      await pause(20 + index % 20);
    }
    stranger.end();
    return sent;
  });
  return { count };
}

export async function slowBodies(target) {
  const count = await crowd(target, 200, async (index) => {
    const stranger = await Stranger.open(target);
    stranger.write(request("/api/users/ann/disconnect", ["Content-Length: 1000000"], "POST"));
    let sent = 0;
    for (; !stranger.isClosed && !target.isOver(); ++sent) {
      stranger.write("x");
      await pause(20 + index % 20);
    }
    stranger.end();
    return sent;
  });
  return { count };
}

// One header after another.
export async function endlessHeads(target) {
  const lines = "A: b\r\n".repeat(1000);
  const count = await crowd(target, 10, async () => {
    const stranger = await Stranger.open(target);
    stranger.write("GET / HTTP/1.1\r\nHost: a\r\n");
    const sent = await stranger.flood(() => lines);
    stranger.end();
    return sent;
  });
  return { count };
}

export async function noise(target) {
  const count = await crowd(target, 16, async () => {
    const stranger = await Stranger.open(target, { secure: false, port: target.noisePort });
    stranger.write(randomBytes(1 + Math.floor(Math.random() * 2000)));
    await Promise.race([stranger.closed, pause(20)]);
    stranger.end();
  });
  return { count };
}

// Connections that come and go without a word.
export async function comeAndGo(target, width = 16) {
  const count = await crowd(target, width, async () => {
    const stranger = await Stranger.open(target);
    stranger.end();
    await stranger.closed;
  });
  return { count };
}

export async function idle(target) {
  const strangers = [];
  while (strangers.length < target.connections && !target.isOver())
    strangers.push(...await Promise.all(Array.from({ length: 100 }, () => Stranger.open(target))));
  await rest(target);
  const open = strangers.filter((each) => !each.isClosed).length;
  for (const each of strangers) each.end();
  return { count: strangers.length, open };
}

// Guesses of the admin token.
export async function guessToken(target) {
  let taken = 0;
  const count = await crowd(target, 8, async () => {
    const stranger = await Stranger.open(target);
    const guess = () => request("/api/topics", [`Authorization: Bearer ${randomBytes(16).toString("hex")}`]);
    let sent = 0;
    for (; !stranger.isClosed && !target.isOver(); ++sent) {
      const before = stranger.received;
      stranger.head = "";
      stranger.write(guess());
      await stranger.until(() => stranger.received > before);
      if (stranger.head.startsWith("HTTP/1.1 200")) taken += 1;
    }
    stranger.end();
    return sent;
  });
  return { count, taken };
}

const body = (text) => ["Content-Length: " + text.length, "", text].join("\r\n");
const hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

// Heads on which two readers may disagree, and paths that lead elsewhere.
export const oddHeads = [
  `POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${hidden}`,
  `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${"x".repeat(100_000)}\r\n`,
  `GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n`,
  `GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n`,
  `GET /health HTTP/1.1\r\nHost: a\r\n${body("x")}`,
  "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
  "GET /health HTTP/1.1\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
  "GET /health HTTP/1.1\nHost: a\n\n",
  "GET /health HTTP/1.1\rHost: a\r\r",
  "GET /health HTTP/0.9\r\n\r\n", "GET /health\r\n", "GET  /health HTTP/1.1\r\nHost: a\r\n\r\n",
  "\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "GET http://evil.example/health HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: a\r\nA\u0000: b\r\n\r\n", "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
  `GET /health HTTP/1.1\r\nHost: ${"a".repeat(7000)}\r\n\r\n`,
  `GET /socket/websocket?${"a=b&".repeat(1900)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /api/topics/${"%41".repeat(2000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  upgradeRequest().replace("Version: 13", "Version: 12"),
  upgradeRequest().replace("AAAAAAAAAAAAAAAAAAAAAA==", "x"),
  upgradeRequest({ headers: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99"] }),
  upgradeRequest({ headers: ["Content-Length: 10"] }),
  ...["/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/.%00/etc/passwd",
    "/index.html/../../etc/passwd", "/\\..\\..\\etc\\passwd", "/%c0%ae%c0%ae/etc/passwd"]
    .map((path) => request(path)),
];

export async function oddRequests(target) {
  let next = 0;
  const leaks = [];
  const count = await crowd(target, 8, async () => {
    const stranger = await Stranger.open(target);
    const head = oddHeads[next++ % oddHeads.length];
    stranger.socket.write(head, "latin1");
    await Promise.race([stranger.closed, pause(30)]);
    if (/root:x|\/hidden/.test(stranger.head)) leaks.push(head.slice(0, 100));
    stranger.end();
  });
  return { count, leaks };
}
