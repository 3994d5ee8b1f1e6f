// A process of its own: a client that joins a room and measures how long the
// node takes to answer it, while others attack. Of higher priority, if that is
// allowed, so that it measures the node and not the queue for processors.
import os from "node:os";
import { RawSocket } from "../../e2e/support/raw.mjs";
import { within } from "../../e2e/support/wait.mjs";

const everyMs = 20;
const updateEvery = 5; // Of so many questions one is an update, the others heartbeats.

class Canary {
  constructor(raw, topic) {
    this.raw = raw;
    this.topic = topic;
    this.asked = new Map(); // Ref to when.
    this.ref = 10;
    this.forget();
    raw.socket.on("message", (data) => this.take(JSON.parse(String(data))));
    raw.closed.then(({ code }) => { this.closed = code; });
  }

  forget() {
    this.times = [];
    this.refused = 0;
  }

  take([, ref, , event, payload]) {
    const when = this.asked.get(ref);
    if (event !== "phx_reply" || when === undefined) return;
    this.asked.delete(ref);
    this.times.push(performance.now() - when);
    if (payload.status !== "ok") this.refused += 1;
  }

  ask() {
    const ref = String(++this.ref);
    this.asked.set(ref, performance.now());
    if (this.ref % updateEvery === 0) this.raw.send("1", ref, this.topic, "presence:update", { meta: { n: this.ref } });
    else this.raw.send(null, ref, "phoenix", "heartbeat", {});
  }

  sing() {
    this.raw.received.length = 0;
    if (this.closed === undefined) this.ask();
  }

  // What is not answered yet counts as answered now.
  report() {
    const now = performance.now();
    const times = [...this.times, ...[...this.asked.values()].map((when) => now - when)].sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1), refused: this.refused, closed: this.closed };
  }
}

async function start({ url, query, topic }) {
  try {
    os.setPriority(-5);
  } catch {
    // Not ours to have.
  }
  const raw = await RawSocket.open({ socketUrl: url }, { query, rejectUnauthorized: false });
  const [, , , , joined] = await raw.join(topic, { meta: { canary: true } });
  if (joined.status !== "ok") throw new Error(`the canary may not join: ${JSON.stringify(joined)}`);
  return new Canary(raw, topic);
}

let canary;
process.on("disconnect", () => process.exit(0));
process.on("message", async (order) => {
  if (order.start) {
    canary = await within(start(order.start), "the canary joins");
    setInterval(() => canary.sing(), everyMs);
    process.send({ started: true });
  } else if (order.forget) {
    canary.forget();
    process.send({ forgot: true });
  } else {
    process.send({ report: canary.report() });
  }
});
