// What a machine does to a node: no descriptors, no memory, nobody who takes its
// log, a clock that jumps, a pause. The canary sings through all of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scene } from "../e2e/support/scene.mjs";
import { pause, until } from "../e2e/support/wait.mjs";
import { attackMs, Field, isSanitized, statusKib, withoutRates } from "./support/attack.mjs";

const http = new URL("attacks/http.mjs", import.meta.url).href;
const websocket = new URL("attacks/websocket.mjs", import.meta.url).href;
const malformed = new URL("attacks/malformed.mjs", import.meta.url).href;

// A shell that starts the node with other descriptors.
const shell = (redirections) => ["bash", "-c", `exec "$@" ${redirections}`, "bash"];

function folder(s) {
  const result = mkdtempSync(join(tmpdir(), "rollcall-fault-"));
  s.later(() => rmSync(result, { recursive: true }));
  return result;
}

// Plays an attack while something is wrong; then all is as before.
function fault(title, { front, file = malformed, name = "malformed", ms = attackMs, more, skip, ...options }, during = () => {}) {
  scene(title, async (s) => {
    const field = await Field.start(s, { ...options, within: typeof front === "function" ? front(s) : front });
    await field.forget();
    const struck = field.strike({ file, name, ms, more });
    await during(field, s);
    const report = await struck;
    s.say(`attackers: ${JSON.stringify(report)}`);
    assert.ok(field.node.isRunning, `the node ended: ${field.node.tail()}`);
    assert.ok(report.strikes > 0, "they attacked");
    await field.checkCanary();
    await field.checkEnd();
  }, { skip });
}

// A sanitizer needs all the address space there is, and a pipe to look whether
// it may read an address.
const unlessSanitized = isSanitized ? "a sanitizer has limits of its own" : false;

fault("a node out of descriptors serves those that it has, and others later",
  { front: ["prlimit", "--nofile=64"], file: http, name: "idle", more: { connections: 200 }, ms: 2000,
    skip: unlessSanitized },
  async (field) => {
    await until(() => /descriptor|Too many open files|accept/i.test(field.node.log), "the log says so", { ms: 10_000 });
  });

fault("a log on a full disk holds nobody up", { front: shell("2>/dev/full") });
fault("a log that nobody wants holds nobody up", { front: shell("2>&-") });

// Lets the node have so much more memory than it has: of address space (`as`,
// `VmSize`) or of what can be written (`data`, `VmData`).
function limitMemory(node, kind, field, moreKib) {
  const pid = node.child.pid;
  execFileSync("prlimit", [`--pid=${pid}`, `--${kind}=${(statusKib(node, field) + moreKib) * 1024}`]);
}

// The limit is close above what the node needs when it is idle: whatever a
// client makes it keep without bound would end it.
fault("a limit of memory close above what a node needs is not reached by clients that never read",
  { file: websocket, name: "neverRead", more: { clients: 40 }, skip: unlessSanitized },
  (field) => limitMemory(field.node, "as", "VmSize", 256 * 1024));

// And one that is reached: by what clients may have, for there is no limit on
// how many they are. Nothing may be half done and served on.
scene("a node whose memory runs out ends or takes no more, says why, and serves again after a restart", async (s) => {
  const field = await Field.start(s, { settings: withoutRates });
  const { node } = field;
  limitMemory(node, "data", "VmData", 24 * 1024);
  const report = await field.strike({ file: websocket, name: "fill", ms: 10_000 });
  s.say(`attackers: ${JSON.stringify(report)}; the node ${node.isRunning ? "lives" : `ended: ${JSON.stringify(node.exit)}`}`);
  assert.ok(report.full > 0 || !node.isRunning, "the limit was reached");
  assert.match(node.log, /memory ran out|bad_alloc/);
  if (node.isRunning) assert.equal((await node.get("/health")).status, 200);
  await node.restart("SIGKILL");
  await s.join(node, "after", "room:after");
  assert.deepEqual(Object.keys(await node.list("room:after")), ["after"]);
}, { skip: unlessSanitized });

scene("a node that was stopped for a while goes on where it was", async (s) => {
  const field = await Field.start(s);
  field.node.signal("SIGSTOP");
  await pause(1500);
  field.node.signal("SIGCONT");
  // What it asked meanwhile is answered late; then it is as before.
  await until(async () => {
    await field.forget();
    await pause(200);
    const song = await field.song();
    return song.count > 0 && song.max < 200;
  }, "the canary is answered at once again");
  await field.checkCanary();
  assert.equal(Object.keys(await field.node.list("room:canary")).length, 1);
  await field.checkEnd();
});

const faketime = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"]
  .find(existsSync);

// Only the wall clock jumps, as when somebody sets it.
scene("a wall clock that jumps a day on and a day back disturbs nobody", async (s) => {
  const file = join(folder(s), "time");
  const set = (offset) => writeFileSync(file, `${offset}\n`);
  set("+0");
  const front = ["env", `LD_PRELOAD=${faketime}`, `FAKETIME_TIMESTAMP_FILE=${file}`, "FAKETIME_DONT_FAKE_MONOTONIC=1",
    "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_RESET=1"];
  const field = await Field.start(s, { within: front });
  const joined = async (key) => Number((await s.join(field.node, key, "room:clock")).metas(key)[0].online_at);
  const before = await joined("before");
  await field.forget();
  set("+1d");
  await pause(300);
  assert.ok(Math.abs(await joined("later") - before - 86_400) < 60, "the node sees the jump");
  set("-1d");
  await pause(300);
  assert.ok(Math.abs(await joined("earlier") - before + 86_400) < 60, "the node sees the jump back");
  await field.checkCanary();
  assert.deepEqual(Object.keys(await field.node.list("room:clock")).sort(), ["before", "earlier", "later"]);
  await field.checkEnd();
}, { skip: isSanitized || !faketime ? "no libfaketime, or a sanitizer in its place" : false });
