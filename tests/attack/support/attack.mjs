// A test is an attack on a node, with a canary beside it. What must hold:
// the canary is answered, memory comes back, no sanitizer has anything to say,
// and in the middle of the attack SIGTERM ends the node in time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { scene } from "../../e2e/support/scene.mjs";
import { pause, until, within } from "../../e2e/support/wait.mjs";
import { Helper } from "./helper.mjs";

export const isLong = process.env.ROLLCALL_ATTACK === "long";
export const isSanitized = process.env.ROLLCALL_ATTACK_ASAN === "1";

// Machines differ: the short form only tells a node that serves from one that
// is held up. The long one is the promise.
const p99Max = Number(process.env.ROLLCALL_ATTACK_P99_MS ?? (isLong ? 100 : 1000));
export const attackMs = Number(process.env.ROLLCALL_ATTACK_MS ?? (isLong ? 6000 : 800));
const drainMs = 300;
const memoryFactor = 1.2;
const memorySlackKib = 8 * 1024;

// Clients that say as much as they like: what else there is must hold.
export const withoutRates = Object.fromEntries(["client", "user"].flatMap((whose) =>
  ["messages", "joins", "presence-calls"].map((what) => [`gateway.${whose}-${what}-per-second-max`, 0])));

export function statusKib(node, field) {
  const status = readFileSync(`/proc/${node.child.pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)[1]);
}

export const residentKib = (node) => statusKib(node, "VmRSS");
export const peakKib = (node) => statusKib(node, "VmHWM");

const sanitizerReport = /AddressSanitizer|LeakSanitizer|runtime error:/;

export class Field {
  static async start(s, { settings = {}, scheme = "ws", query = "", secure = false, adminToken, within: front } = {}) {
    const field = new Field();
    field.scene = s;
    field.node = await startNode(s, { settings, adminToken, front, secure });
    const { host, port } = field.node;
    field.target = { host, port, secure, clusterPort: clusterPort(field.node), query };
    field.canary = field.helper("./canary.mjs");
    const url = `${scheme}://${host}:${port}/socket`;
    await field.canary.ask({ start: { url, query: `vsn=2.0.0&user_id=canary${query}`, topic: "room:canary" } }, "the canary sings");
    return field;
  }

  helper(file) {
    const result = new Helper(file);
    this.scene.later(() => result.end());
    return result;
  }

  // Starts an attack; resolves with its report.
  strike({ file, name, ms = attackMs, more = {} }) {
    const attacker = this.helper("./attacker.mjs");
    const order = { file, name, target: { ...this.target, ...more }, ms };
    return attacker.ask(order, `the attack ${name} ends`, ms + 30_000).then(async ({ report }) => {
      await attacker.ended;
      return report;
    });
  }

  forget() { return this.canary.ask({ forget: true }, "the canary forgets"); }
  async song() { return (await this.canary.ask({ report: true }, "the canary reports")).report; }

  async checkCanary(max = p99Max) {
    const song = await this.song();
    const figures = `p50 ${song.p50.toFixed(1)} ms, p99 ${song.p99.toFixed(1)} ms, max ${song.max.toFixed(1)} ms of ${song.count}`;
    this.scene.say(`canary: ${figures}`);
    assert.equal(song.closed, undefined, "the canary is still connected");
    assert.ok(song.count > 0, "the canary has been answered");
    assert.equal(song.refused, 0, "the canary is not refused");
    assert.ok(song.p99 < max, `the canary is answered within ${max} ms: ${figures}`);
  }

  async checkMemory(beforeKib) {
    if (isSanitized) return; // It keeps what was freed.
    const limit = beforeKib * memoryFactor + memorySlackKib;
    const now = () => residentKib(this.node);
    await until(() => now() <= limit, `memory is back at ${Math.round(limit)} KiB`, { ms: 10_000, describe: now });
    this.scene.say(`memory: ${beforeKib} KiB before, ${now()} KiB after`);
  }

  async checkEnd() {
    const from = performance.now();
    this.node.signal("SIGTERM");
    const exit = await within(this.node.ended, "the node ends after SIGTERM", 60_000);
    const took = performance.now() - from;
    this.scene.say(`end: ${took.toFixed(0)} ms`);
    assert.doesNotMatch(this.node.log, sanitizerReport);
    assert.deepEqual(exit, { code: 0, signal: null }, this.node.tail());
    assert.ok(took < drainMs + 2000, `SIGTERM ends the node within drain-ms and 2 s: ${took.toFixed(0)} ms`);
  }
}

function clusterPort(node) {
  const listen = node.settings["cluster.listen"];
  return listen ? Number(listen.split(":")[1]) : undefined;
}

async function startNode(s, { settings, adminToken, front, secure }) {
  const options = { settings: { "gateway.drain-ms": drainMs, ...settings }, adminToken, within: front };
  if (!secure) return s.node(options);
  const { Node } = await import("../../e2e/support/node.mjs");
  const node = new Node(options);
  s.nodes.push(node);
  s.later(() => node.stop("SIGKILL"));
  await node.serve();
  return node;
}

// With `isLong` only the long form has it.
// `file` is the module of the attack, `name` its function; `more` goes to the
// attackers, who go on until what `more.goal` counts has happened. `judge` sees
// what they counted, the field, and the memory from before.
export function attack(title, file, name, { judge, more, ms, p99, isLong: onlyLong, ...options } = {}) {
  if (onlyLong && !isLong) return;
  scene(title, async (s) => {
    const setUp = typeof options.prepare === "function" ? { ...options, ...await options.prepare(s) } : options;
    const field = await Field.start(s, setUp);
    const order = { file: new URL(file, import.meta.url).href, name, more: { ...more, ...setUp.more }, ms: ms ?? attackMs };
    await pause(200);
    const before = residentKib(field.node);
    await field.forget();
    const report = await field.strike(order);
    s.say(`attackers: ${JSON.stringify(report)}`);
    assert.ok(field.node.isRunning, `the node ended: ${field.node.tail()}`);
    await field.checkCanary(p99);
    await field.checkMemory(before);
    assert.ok(report.strikes > 0, "they attacked");
    await judge?.(report, field, before);
    // Its attackers end with the scene.
    field.strike({ ...order, ms: 3000 }).catch(() => {});
    await pause(200);
    await field.checkEnd();
  });
}
