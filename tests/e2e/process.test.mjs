// The node as a process: how it is started, and signals other than the end.
import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { test } from "node:test";
import { Node } from "./support/node.mjs";

const healthy = async (node) => (await node.get("/health")).status === 200;

test("a node started without standard input and error answers and ends in order", async () => {
  const node = await Node.start({
    within: ["sh", "-c", 'exec "$@" <&- 2>&-', "sh"],
  });
  // Else a pipe of the node itself is file 2, and each log line goes into it.
  for (const file of [0, 2]) assert.equal(readlinkSync(`/proc/${node.child.pid}/fd/${file}`), "/dev/null");
  assert.ok(await healthy(node));
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});

test("SIGHUP, SIGUSR1 and SIGUSR2 do not end a node", async () => {
  const node = await Node.start();
  for (const name of ["SIGHUP", "SIGUSR1", "SIGUSR2"]) {
    node.signal(name);
    assert.ok(await healthy(node), name);
  }
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});

test("a node whose log goes to a full disk answers and ends in order", async () => {
  const node = await Node.start({ within: ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"] });
  await node.get("/socket/websocket?vsn=9.0.0").catch(() => {});
  assert.ok(await healthy(node));
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});
