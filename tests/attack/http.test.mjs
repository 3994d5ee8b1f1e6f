// What strangers do to the HTTP side of a node.
import assert from "node:assert/strict";
import { attack, isSanitized } from "./support/attack.mjs";

const file = "../attacks/http.mjs";
const impatient = { "gateway.handshake-timeout-ms": 1000 };

attack("pipelined requests of one connection leave time for the others", file, "pipelined");
attack("pipelined requests whose answers nobody reads are not kept", file, "pipelinedUnread");
attack("heads that come a byte at a time hold nobody up", file, "slowHeads", { settings: impatient });
attack("bodies that come a byte at a time hold nobody up", file, "slowBodies", { settings: impatient, isLong: true });
attack("heads without an end are cut off", file, "endlessHeads");
attack("connections of random bytes hold nobody up", file, "noise");
attack("connections that come and go without a word hold nobody up", file, "comeAndGo", { isLong: true });
attack("idle connections cost little and are given back", file, "idle",
  { more: { connections: isSanitized ? 500 : 2000 } });
attack("requests that two readers may read differently give nothing away", file, "oddRequests",
  { judge: ({ leaks }) => assert.ok(leaks.length === 0, JSON.stringify(leaks)) });
