// A test with nodes and clients that end with it, whatever happens.
import { test } from "node:test";
import { Client } from "./client.mjs";
import { Node } from "./node.mjs";

export class Scene {
  constructor(context) {
    this.context = context;
    this.closers = [];
    this.nodes = [];
  }

  later(closer) { this.closers.push(closer); }
  say(text) { this.context.diagnostic(text); }

  async node(options = {}) {
    const node = new Node(options);
    this.nodes.push(node);
    this.later(() => node.stop("SIGKILL"));
    await node.start();
    return node;
  }

  client(node, options) {
    const client = new Client(node, options);
    this.later(() => client.close());
    return client;
  }

  // A client of its own that has joined.
  join(node, key, topic, params, options) {
    return this.client(node, { key, ...options }).join(topic, params);
  }

  async end() {
    for (const closer of this.closers.reverse()) await closer();
  }
}

// `play(scene)`; a failure shows the log of the nodes.
export function scene(name, play, options = {}) {
  test(name, { timeout: 180_000, ...options }, async (context) => {
    const stage = new Scene(context);
    try {
      await play(stage, context);
    } catch (wrong) {
      for (const node of stage.nodes)
        console.error(`--- ${node.settings["node-name"] ?? node.url}\n${node.tail()}`);
      throw wrong;
    } finally {
      await stage.end();
    }
  });
}
