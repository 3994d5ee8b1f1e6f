// What clients do to a node that they may talk to.
import assert from "node:assert/strict";
import { attack, isLong, isSanitized, peakKib, withoutRates } from "./support/attack.mjs";

const file = "../attacks/websocket.mjs";

// The most that the node took, beyond what it had before.
function checkPeak(field, before, kib) {
  const grown = peakKib(field.node) - before;
  field.scene.say(`most memory: ${grown} KiB more than before`);
  assert.ok(isSanitized || grown < kib, `at most ${kib} KiB more than before: ${grown}`);
}

attack("a flood of heartbeats leaves time for the others", file, "floodOfHeartbeats");
attack("a flood of joins of one topic leaves time for the others", file, "floodOfJoins");
attack("a flood of joins of ever new topics leaves time for the others, and no topic behind", file, "floodOfTopics");
attack("a flood of updates leaves time for the others", file, "floodOfUpdates");
attack("a flood of lists leaves time for the others", file, "floodOfLists", { isLong: true });
attack("a flood of relayed events leaves time for the others", file, "floodOfEvents");
attack("a flood of binary frames leaves time for the others", file, "floodOfBinaries", { isLong: true });
attack("a flood of pings leaves time for the others", file, "floodOfPings");
// The limiter answers most of those; without it the node serves them all.
for (const [what, name] of Object.entries({
  heartbeats: "floodOfHeartbeats", joins: "floodOfJoins", topics: "floodOfTopics", updates: "floodOfUpdates", events: "floodOfEvents",
}))
  attack(`a flood of ${what} without any rate leaves time for the others`, file, name, { settings: withoutRates, isLong: true });
attack("a message of endless fragments holds nobody up", file, "endlessFragments");
attack("control frames between endless fragments hold nobody up", file, "controlBetween", { isLong: true });
attack("big messages in fragments hold nobody up", file, "fragmentsOfBigMessages", { isLong: true });
attack("clients that upgrade and go hold nobody up", file, "upgradeAndGo");
attack("clients that come back at once after a bad frame hold nobody up", file, "storm");
attack("clients that never read do not hold memory", file, "neverRead", { more: { clients: 100 } });

const deafClients = 100;
const sweepMs = 500;

attack("clients that never read are closed by the write deadline, whatever they send", file, "neverReadUnlimited", {
  settings: { ...withoutRates, "gateway.write-timeout-ms": 2000 },
  more: { clients: deafClients, words: 60, everyMs: 20 },
  ms: 5000,
  judge: async ({ closed, lastMs }, { node }) => {
    assert.equal(closed, deafClients);
    assert.equal(await node.refusals("write_timeout"), deafClients);
    assert.ok(lastMs < 2000 + sweepMs + (isLong ? 0 : 2000), `the last after ${lastMs} ms`);
  },
});

const boundKib = 32 * 1024;

attack("what waits for clients that never read is no more than is configured", file, "neverReadUnlimited", {
  settings: { ...withoutRates, "gateway.outbox-bytes-max": 1 << 20, "gateway.unsent-bytes-max": boundKib * 1024 },
  more: { clients: deafClients, everyMs: 10 },
  ms: 3000,
  judge: async (_, field, before) => {
    const closed = await field.node.refusals("unsent_bytes_max") + await field.node.refusals("outbox_overflow");
    assert.ok(closed >= deafClients, `closed: ${closed}`);
    checkPeak(field, before, boundKib + 16 * 1024);
  },
});

attack("a topic larger than an outbox can be joined while others are served", file, "hugeState", {
  settings: { ...withoutRates, "gateway.outbox-bytes-max": 1 << 20 },
  more: { members: 300, goal: "whole" },
  ms: 3000,
  judge: ({ whole }) => assert.ok(whole > 0, "somebody got the whole state"),
});
attack("large states that nobody reads do not hold memory", file, "hugeStateUnread", {
  ms: 2000,
  judge: (_, field, before) => checkPeak(field, before, 64 * 1024),
});
attack("frames and messages that are wrong hurt only who sent them", "../attacks/malformed.mjs", "malformed",
  { judge: ({ cases }) => assert.ok(cases > 130) });
