// What clients do to a node that they may talk to.
import assert from "node:assert/strict";
import { attack } from "./support/attack.mjs";

const file = "../attacks/websocket.mjs";

attack("a flood of heartbeats leaves time for the others", file, "floodOfHeartbeats");
attack("a flood of joins of one topic leaves time for the others", file, "floodOfJoins");
attack("a flood of joins of ever new topics leaves time for the others, and no topic behind", file, "floodOfTopics");
attack("a flood of updates leaves time for the others", file, "floodOfUpdates");
attack("a flood of lists leaves time for the others", file, "floodOfLists", { isLong: true });
attack("a flood of relayed events leaves time for the others", file, "floodOfEvents");
attack("a flood of binary frames leaves time for the others", file, "floodOfBinaries", { isLong: true });
attack("a flood of pings leaves time for the others", file, "floodOfPings");
attack("a message of endless fragments holds nobody up", file, "endlessFragments");
attack("control frames between endless fragments hold nobody up", file, "controlBetween", { isLong: true });
attack("big messages in fragments hold nobody up", file, "fragmentsOfBigMessages", { isLong: true });
attack("clients that upgrade and go hold nobody up", file, "upgradeAndGo");
attack("clients that come back at once after a bad frame hold nobody up", file, "storm");
attack("clients that never read do not hold memory", file, "neverRead", { more: { clients: 100 } });
attack("frames and messages that are wrong hurt only who sent them", "../attacks/malformed.mjs", "malformed",
  { judge: ({ cases }) => assert.ok(cases > 130) });
