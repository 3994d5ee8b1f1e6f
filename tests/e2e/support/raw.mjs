// Clients that keep to no rule.
import net from "node:net";
import WebSocket from "ws";
import { until, within } from "./wait.mjs";

export class RawSocket {
  constructor(node, { query = "vsn=2.0.0", ...options } = {}) {
    this.received = [];
    this.socket = new WebSocket(`${node.socketUrl}/websocket?${query}`, options);
    this.opened = new Promise((done) => this.socket.on("open", done));
    this.refused = new Promise((done) => this.socket.on("unexpected-response", (request, response) => {
      let body = "";
      response.on("data", (text) => { body += text; });
      response.on("end", () => done({ status: response.statusCode, body }));
    }));
    this.closed = new Promise((done) => this.socket.on("close", (code, reason) => done({ code, reason: String(reason) })));
    this.socket.on("message", (data, isBinary) => this.received.push(isBinary ? data : JSON.parse(String(data))));
    this.socket.on("error", () => {});
  }

  static async open(node, options) {
    const raw = new RawSocket(node, options);
    await within(raw.opened, "a raw socket opens");
    return raw;
  }

  send(...message) { this.socket.send(JSON.stringify(message)); }

  async ask(...message) {
    this.send(...message);
    return until(() => this.received.find((m) => m[1] === message[1] && m[3] === "phx_reply"), `reply to ${message}`);
  }

  join(topic, params = {}) { return this.ask("1", "1", topic, "phx_join", params); }

  code() { return within(this.closed, "the node closes").then(({ code }) => code); }
}

// Plain TCP; resolves `closed` with all that came.
export class RawBytes {
  constructor(node) {
    this.received = "";
    this.socket = net.connect(node.port, node.host);
    this.socket.on("data", (bytes) => { this.received += bytes.toString("latin1"); });
    this.socket.on("error", () => {});
    this.opened = new Promise((done) => this.socket.on("connect", done));
    this.closed = new Promise((done) => this.socket.on("close", () => done(this.received)));
  }

  static async open(node) {
    const raw = new RawBytes(node);
    await within(raw.opened, "a connection opens");
    return raw;
  }

  end() { return within(this.closed, "the node closes a connection"); }
}
