// Hostile bytes for the port where nodes listen for their peers.
import net from "node:net";
import { Node } from "./node.mjs";
import { Random } from "./random.mjs";
import { until, within } from "./wait.mjs";

// What a real node says first to node `i`: taken down by a proxy between them.
// `own` are settings of that node alone.
export async function recordHello(s, cluster, i, own = {}) {
  const [host, port] = cluster.nodes[i].settings["cluster.listen"].split(":");
  const here = cluster.network.reachPeers();
  const said = [];
  const proxy = net.createServer((client) => {
    const server = net.connect(port, host);
    client.on("data", (bytes) => { said.push(bytes); server.write(bytes); });
    server.on("data", (bytes) => client.write(bytes));
    for (const [one, other] of [[client, server], [server, client]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise((done) => proxy.listen(0, here, done));
  const settings = { ...cluster.nodes[i].settings, "node-name": "guest", "gateway.address": "127.0.0.1", "gateway.port": 0,
    "cluster.listen": "", "cluster.peers": [`${here}:${proxy.address().port}`], "cluster.leave-at-once": true, ...own };
  const guest = new Node({ settings, adminToken: cluster.nodes[i].adminToken });
  s.nodes.push(guest);
  s.later(() => guest.stop("SIGKILL"));
  await guest.start();
  await until(() => said.length > 3, "the guest says hello");
  await guest.stop();
  proxy.close();
  return Buffer.concat(said).subarray(0, 20_000);
}

export class Attack {
  constructor(address, hello) {
    [this.host, this.port] = address.split(":");
    this.hello = hello;
    this.random = new Random();
    this.count = 0;
  }

  noise(size) { return Buffer.from(Array.from({ length: this.random.below(size) }, () => this.random.below(256))); }

  spoiled() {
    const bytes = Buffer.from(this.hello);
    for (let n = 1 + this.random.below(5); n > 0; --n) bytes[this.random.below(bytes.length)] = this.random.below(256);
    return bytes;
  }

  bytes() {
    const first = this.hello.subarray(0, 100 + this.random.below(400));
    const kinds = [
      () => this.noise(2000),
      () => this.hello, // Said again, by somebody else.
      () => this.hello.subarray(0, this.random.below(this.hello.length)),
      () => this.spoiled(),
      () => Buffer.concat([first, this.noise(2000)]),
      () => Buffer.concat([Buffer.alloc(4 + this.random.below(8), 255), this.noise(500)]), // Huge lengths.
      () => Buffer.concat([first, Buffer.alloc(16, 255), this.noise(500)]),
      () => Buffer.concat([Buffer.from([22, 3, 1, 255, 255]), this.noise(2000)]),
      () => Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ];
    return this.random.pick(kinds)();
  }

  // One connection; ends when the node ends it, or soon.
  async one() {
    const socket = net.connect(this.port, this.host);
    socket.on("error", () => {});
    const closed = new Promise((done) => socket.on("close", done));
    await within(Promise.race([new Promise((done) => socket.on("connect", done)), closed]), "the port is open");
    socket.resume();
    socket.write(this.bytes());
    const timer = setTimeout(() => socket.destroy(), 20);
    await closed;
    clearTimeout(timer);
    this.count += 1;
  }

  async run(ms) {
    const end = performance.now() + ms;
    const attacker = async () => { while (performance.now() < end) await this.one(); };
    await Promise.all(Array.from({ length: 8 }, attacker));
  }
}
