// The node as a process: how it is started, and signals other than the end.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { makeCertificates, tls } from "./support/certificates.mjs";
import { freePort } from "./support/network.mjs";
import { Node } from "./support/node.mjs";
import { until } from "./support/wait.mjs";

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

test("a node started without any of the three answers, refuses and ends in order", async () => {
  const port = await freePort();
  const node = new Node({
    settings: { "gateway.port": port },
    within: ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"],
  });
  node.spawn();
  try {
    await until(async () => {
      try {
        return await healthy(node);
      } catch (wrong) {
        return wrong.code === "ECONNREFUSED" ? false : Promise.reject(wrong);
      }
    }, "the node serves", { describe: () => JSON.stringify(node.exit) });
    for (const file of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${node.child.pid}/fd/${file}`), "/dev/null");
    assert.equal((await node.get("/nowhere")).status, 404); // And a line of log that nobody gets.
  } finally {
    node.signal("SIGTERM");
  }
  assert.deepEqual(await node.ended, { code: 0, signal: null });
});

test("the secrets among the arguments cannot be seen by others", async () => {
  const secret = "a-token-that-nobody-may-see";
  const node = await Node.start({ adminToken: secret });
  const shown = readFileSync(`/proc/${node.child.pid}/cmdline`, "utf8");
  assert.match(shown, /--rollcall\.admin\.token=\*+/);
  assert.ok(!shown.includes(secret));
  await node.stop();
});

test("certificates are read again on SIGHUP and when their files change; broken ones change nothing", async () => {
  const closers = [];
  const folder = makeCertificates({ later: (closer) => closers.push(closer) }, "a");
  const node = await Node.start({
    settings: { "node-name": "a", "cluster.listen": "127.0.0.1:0", ...tls(folder, "a") },
  });
  const logged = (text) => until(() => node.log.includes(text), text, { describe: () => node.tail() });
  try {
    node.signal("SIGHUP");
    await logged("the certificates of the cluster were read again");
    const certificate = readFileSync(join(folder, "a.crt"));
    writeFileSync(join(folder, "a.crt"), "broken");
    await logged("the certificates of the cluster stay as they were, since the files cannot be used: ");
    assert.ok(await healthy(node));
    node.log = "";
    writeFileSync(join(folder, "a.crt"), certificate);
    await logged("the certificates of the cluster were read again");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  } finally {
    node.signal("SIGKILL");
    for (const close of closers) close();
  }
});

test("clients see the certificate that took the place of the former", async () => {
  const closers = [];
  const folder = makeCertificates({ later: (closer) => closers.push(closer) }, "a", "b");
  const file = (name) => join(folder, name);
  const node = new Node({
    settings: { "gateway.tls-certificate-file": file("a.crt"), "gateway.tls-key-file": file("a.key") },
  });
  const shown = () => new Promise((done, fail) => {
    const socket = connect({ host: node.host, port: node.port, rejectUnauthorized: false }, () => {
      done(socket.getPeerX509Certificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", fail);
  });
  const fingerprint = (name) => new X509Certificate(readFileSync(file(name))).fingerprint256;
  try {
    await node.serve();
    const first = fingerprint("a.crt");
    const former = { crt: readFileSync(file("a.crt")), key: readFileSync(file("a.key")) };
    assert.equal(await shown(), first);
    const next = fingerprint("b.crt");
    for (const kind of ["crt", "key"]) copyFileSync(file(`b.${kind}`), file(`a.${kind}`));
    node.signal("SIGHUP");
    await until(async () => (await shown()) === next, "the new certificate", { describe: () => node.tail() });
    // Without a signal the node sees by itself that the files changed.
    for (const [kind, bytes] of Object.entries(former)) writeFileSync(file(`a.${kind}`), bytes);
    await until(async () => (await shown()) === first, "the former one again", { describe: () => node.tail() });
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  } finally {
    node.signal("SIGKILL");
    for (const close of closers) close();
  }
});

test("SIGHUP, SIGUSR1 and SIGUSR2 do not end a node", async () => {
  const node = await Node.start();
  for (const name of ["SIGHUP", "SIGUSR1", "SIGUSR2"]) {
    node.signal(name);
    assert.ok(await healthy(node), name);
  }
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});

// Connects that are refused, each with a line in the log.
async function refusedConnects(node, count) {
  for (let i = 0; i < count; i += 20)
    await Promise.all(Array.from({ length: 20 }, () => node.get("/socket/websocket?vsn=9.0.0")));
}

test("a reader of standard error who stalls freezes nothing, and does not hold up the end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-log-"));
  const pipe = join(folder, "stderr");
  execFileSync("mkfifo", [pipe]);
  // The node itself holds the other end, and never reads; the pipe is full
  // before the first line.
  const script = 'exec 2<>"$0"; head -c 65536 /dev/zero >&2; exec "$@"';
  const node = await Node.start({ within: ["sh", "-c", script, pipe] });
  try {
    await refusedConnects(node, 2000);
    assert.ok(await healthy(node));
    assert.ok((await node.metric('rollcall_log_lines_lost_total{reason="repeated"}')) > 1000);
    const begin = performance.now();
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.ok(performance.now() - begin < 3000);
  } finally {
    node.signal("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

test("a refusal that repeats has a few lines a second, and one that counts the others", async () => {
  const node = await Node.start();
  await refusedConnects(node, 500);
  await node.stop(); // Which tells what is still untold.
  const lines = node.log.split("\n").filter((line) => line.includes("request refused"));
  const [, missing] = / (\d+) more lines of this kind were left out: /.exec(node.log) ?? [];
  assert.ok(lines.length < 250, `${lines.length} lines`);
  assert.ok(Number(missing) > 0, node.log);
});

test("a node whose log's reader is gone answers and ends in order", async () => {
  const node = await Node.start();
  node.child.stderr.destroy();
  await refusedConnects(node, 20);
  assert.ok(await healthy(node));
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});

test("a node whose log goes to a full disk answers and ends in order", async () => {
  const node = await Node.start({ within: ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"] });
  await node.get("/socket/websocket?vsn=9.0.0").catch(() => {});
  assert.ok(await healthy(node));
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
});
