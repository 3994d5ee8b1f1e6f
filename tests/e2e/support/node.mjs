// A rollcall-node as a process of its own.
import { execFileSync, spawn } from "node:child_process";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { until, within } from "./wait.mjs";

export const executable = process.env.ROLLCALL_NODE
  ?? fileURLToPath(new URL("../../../build/bin/rollcall-node", import.meta.url));

export const helpText = () => execFileSync(executable, ["--help"], { encoding: "utf8" });

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

// A setting as the command line takes it.
function argument([key, value]) {
  const text = Array.isArray(value) ? `[${value.map((x) => JSON.stringify(x)).join(",")}]` : value;
  return `--rollcall.${key}=${text}`;
}

export class Node {
  // `settings` as {"gateway.drain-ms": 0}; `within`, a command in front of the
  // node, as ["ip", "netns", "exec", "a"].
  constructor({ settings = {}, host = "127.0.0.1", within: front = [], adminToken } = {}) {
    this.settings = { "gateway.port": 0, ...settings };
    if (adminToken) this.settings["admin.token"] = adminToken;
    this.adminToken = adminToken;
    this.front = front;
    this.host = host;
    this.log = "";
    this.output = "";
  }

  static async start(options) {
    const node = new Node(options);
    await node.start();
    return node;
  }

  get port() { return this.settings["gateway.port"]; }
  get url() { return `http://${this.host}:${this.port}`; }
  get socketUrl() { return `ws://${this.host}:${this.port}/socket`; }
  get isRunning() { return this.child !== undefined && this.exit === undefined; }

  spawn() {
    const command = [...this.front, executable, ...Object.entries(this.settings).map(argument)];
    this.output = "";
    this.exit = undefined;
    const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.stdout.on("data", (text) => { this.output += text; });
    child.stderr.on("data", (text) => { this.log += text; });
    this.ended = new Promise((done) => {
      const end = (code, signal) => {
        running.delete(child);
        this.exit = { code, signal };
        done(this.exit);
      };
      child.on("error", (wrong) => {
        this.log += `${wrong}\n`;
        end(-1, null);
      });
      child.on("close", end);
    });
    this.child = child;
  }

  // Resolves when it serves, also if it is not ready yet.
  async serve() {
    this.spawn();
    const ready = /ready: \w+:\/\/\S+:(\d+)\//;
    await until(() => ready.test(this.output) || this.exit, "the node starts", { describe: () => this.tail() });
    if (this.exit) throw new Error(`the node ended: ${JSON.stringify(this.exit)}\n${this.tail()}`);
    this.settings["gateway.port"] = Number(ready.exec(this.output)[1]); // Also after a restart.
  }

  async start() {
    await this.serve();
    await until(() => this.isReady(), "the node is ready", { describe: () => this.tail() });
  }

  async isReady() {
    try {
      return (await this.get("/ready")).status === 200;
    } catch {
      return false;
    }
  }

  signal(name) { this.child.kill(name); }

  async stop(name = "SIGTERM") {
    if (!this.isRunning) return this.exit;
    this.signal(name);
    return within(this.ended, `the node ends after ${name}`);
  }

  async restart(name = "SIGTERM") {
    await this.stop(name);
    await this.start();
  }

  get(path) { return this.request("GET", path); }

  request(method, path, body = "") {
    const headers = this.adminToken ? { authorization: `Bearer ${this.adminToken}` } : {};
    return new Promise((done, fail) => {
      const request = http.request(`${this.url}${path}`, { method, agent: false, headers, timeout: 5000 }, (answer) => {
        let body = "";
        answer.setEncoding("utf8");
        answer.on("data", (text) => { body += text; });
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body }));
        answer.on("error", fail);
      });
      request.on("timeout", () => request.destroy(new Error(`no answer to ${method} ${path}`)));
      request.on("error", fail);
      request.end(body);
    });
  }

  async getJson(path) {
    const { status, body } = await this.get(path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
    return JSON.parse(body);
  }

  // Who is in a topic, by all pages of the API: key to metas.
  async list(topic) {
    const result = {};
    let after = "";
    do {
      const page = await this.getJson(
        `/api/topics/${encodeURIComponent(topic)}?limit=1000&after=${encodeURIComponent(after)}`);
      Object.assign(result, page.state);
      after = page.next;
    } while (after !== null);
    return result;
  }

  async metric(name) {
    const { body } = await this.get("/metrics");
    const line = body.split("\n").find((text) => text.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  refusals(reason) { return this.metric(`rollcall_refusals_total{reason="${reason}"}`); }

  tail() { return `${this.output}${this.log}`.split("\n").slice(-30).join("\n"); }
}
