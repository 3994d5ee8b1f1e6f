// phoenix.js with `longPollFallbackMs` turns to long-poll when a connect fails,
// and never back by itself. docs/PROTOCOL.md says what an application does.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

// As docs/PROTOCOL.md has it.
function returnToWebSocket(socket) {
  socket.onError((error) => {
    if (error !== 403 || socket.transport === WebSocket) return;
    setTimeout(() => {
      if (socket.transport === WebSocket) return;
      socket.replaceTransport(WebSocket);
      socket.connect();
    }, 1000);
  });
}

scene("a client that fell back to long-poll while the node was away returns to WebSocket", async (s) => {
  const node = await s.node();
  await node.stop();
  const client = s.client(node, { key: "ann", longPollFallbackMs: 2000 });
  const errors = [];
  client.socket.onError((error) => errors.push(error));
  returnToWebSocket(client.socket);
  const joined = client.join("room:1");
  await until(() => client.socket.transport !== WebSocket, "it falls back");
  await node.start();
  const ann = await joined;
  assert.equal(client.socket.transport, WebSocket);
  assert.ok(errors.includes(403), "the node said that it serves no long-poll");
  assert.deepEqual(ann.keys(), ["ann"]);
  assert.ok(await node.refusals("longpoll") >= 1);
});
