// Where the nodes of a cluster live: each in a network namespace of its own, or,
// where that is not allowed, all on loopback.
//
// In namespaces a node has two interfaces: eth0 for its clients (and this
// process), eth1 for its peers. Only the latter is cut, so that clients of a node
// that is cut off go on.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { dirname, join } from "node:path";
import { executable } from "./node.mjs";

const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: "pipe", encoding: "utf8" });
const tryRun = (...command) => {
  try {
    run(...command);
    return true;
  } catch {
    return false;
  }
};

const tag = `rc${process.pid % 10_000}`;
const third = 1 + (process.pid % 250);
let networks = 0;

function mayUseNamespaces() {
  if (process.env.ROLLCALL_TEST_LOOPBACK || process.getuid() !== 0) return false;
  // In a chroot, namespaces can be made but no process put into them.
  if (!tryRun("unshare", "--mount", "true")) return false;
  const name = `${tag}probe`;
  const works = tryRun("ip", "netns", "add", name)
    && tryRun("ip", "link", "add", `${tag}v`, "type", "veth", "peer", "name", "eth0", "netns", name)
    && tryRun("ip", "link", "add", `${tag}b`, "type", "bridge");
  tryRun("ip", "link", "del", `${tag}b`);
  tryRun("ip", "link", "del", `${tag}v`);
  tryRun("ip", "netns", "del", name);
  return works;
}

export const hasNamespaces = mayUseNamespaces();
export const where = hasNamespaces ? "in namespaces" : "on loopback, since network namespaces are not allowed here";

class Namespaces {
  constructor(count) {
    this.id = `${tag}${String.fromCharCode(97 + (networks++ % 26))}`;
    this.names = Array.from({ length: count }, (_, i) => `${this.id}${i}`);
    this.wires = [];
    this.bridges = { c: `${this.id}c`, p: `${this.id}p` };
    for (const bridge of Object.values(this.bridges)) {
      run("ip", "link", "add", bridge, "type", "bridge");
      run("ip", "link", "set", bridge, "up");
    }
    run("ip", "addr", "add", `10.201.${third}.254/24`, "dev", this.bridges.c);
    this.names.forEach((name, i) => this.addNode(name, i));
  }

  addNode(name, i) {
    run("ip", "netns", "add", name);
    run("ip", "-n", name, "link", "set", "lo", "up");
    for (const [kind, inside, second] of [["c", "eth0", 201], ["p", "eth1", 202]]) {
      run("ip", "link", "add", `${name}${kind}`, "type", "veth", "peer", "name", inside, "netns", name);
      run("ip", "link", "set", `${name}${kind}`, "master", this.bridges[kind], "up");
      run("ip", "-n", name, "addr", "add", `10.${second}.${third}.${i + 1}/24`, "dev", inside);
      run("ip", "-n", name, "link", "set", inside, "up");
    }
  }

  // How node `i` is started, and where it listens.
  async place(i) {
    return { front: ["ip", "netns", "exec", this.names[i]], host: `10.201.${third}.${i + 1}`, port: 4000,
      listen: `10.202.${third}.${i + 1}:4100` };
  }

  // Nobody reaches node `i`, and it reaches nobody: without a word, as if far away.
  cut(i) { run("ip", "link", "set", `${this.names[i]}p`, "nomaster"); }
  heal(i) { run("ip", "link", "set", `${this.names[i]}p`, "master", this.bridges.p); }

  // These do not reach each other; all others reach them.
  separate(...nodes) { this.setIsolated(nodes, "on"); }
  reunite(...nodes) { this.setIsolated(nodes, "off"); }
  setIsolated(nodes, value) {
    for (const i of nodes) run("bridge", "link", "set", "dev", `${this.names[i]}p`, "isolated", value);
  }

  // Node `from` reaches `to` no more, which still reaches it.
  mute(from, to) { this.setMuted("add", from, to); }
  unmute(from, to) { this.setMuted("del", from, to); }
  setMuted(change, from, to) {
    run("ip", "-n", this.names[from], "route", change, "blackhole", `10.202.${third}.${to + 1}/32`);
  }

  // The address of this process among the nodes.
  reachPeers() {
    tryRun("ip", "addr", "add", `10.202.${third}.254/24`, "dev", this.bridges.p);
    return `10.202.${third}.254`;
  }

  // Node `i` is far away from all its peers: `ms` each way. `slow_wire` lies
  // between its interface and the bridge.
  async delay(i, ms) {
    const [near, far] = [`${this.names[i]}x`, `${this.names[i]}y`];
    run("ip", "link", "add", near, "type", "veth", "peer", "name", far);
    for (const end of [near, far]) run("ip", "link", "set", end, "promisc", "on", "up");
    run("ip", "link", "set", far, "master", this.bridges.p);
    this.cut(i);
    const wire = spawn(join(dirname(executable), "slow_wire"), [`${this.names[i]}p`, near, String(ms)], { stdio: ["pipe", "pipe", "inherit"] });
    this.wires.push({ wire, near });
    await once(wire.stdout, "data");
  }

  end() {
    for (const { wire, near } of this.wires) {
      wire.kill("SIGKILL");
      tryRun("ip", "link", "del", near);
    }
    for (const name of this.names) {
      for (const kind of ["c", "p"]) tryRun("ip", "link", "del", `${name}${kind}`);
      tryRun("ip", "netns", "del", name);
    }
    for (const bridge of Object.values(this.bridges)) tryRun("ip", "link", "del", bridge);
  }
}

export const freePort = () => new Promise((done) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

class Loopback {
  async place() {
    return { front: [], host: "127.0.0.1", port: 0, listen: `127.0.0.1:${await freePort()}` };
  }

  reachPeers() { return "127.0.0.1"; }

  end() {}
}

export const makeNetwork = (count) => (hasNamespaces ? new Namespaces(count) : new Loopback());
