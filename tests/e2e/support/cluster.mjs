// Several nodes that know each other.
import assert from "node:assert/strict";
import { normal } from "./client.mjs";
import { hasNamespaces, makeNetwork, where } from "./network.mjs";
import { Node } from "./node.mjs";
import { scene } from "./scene.mjs";
import { until } from "./wait.mjs";

const adminToken = "an-admin-token-of-some-length";
const names = ["a", "b", "c", "d", "e", "f", "g"];

export class Cluster {
  // `settings` are those of all nodes, by default those that are shipped; or a
  // function that gives those of the node with a name.
  static async start(s, count, settings = {}) {
    const cluster = new Cluster();
    cluster.network = makeNetwork(count);
    s.later(() => cluster.network.end());
    const places = [];
    for (let i = 0; i < count; ++i) places.push(await cluster.network.place(i));
    cluster.nodes = places.map((place, i) => {
      const node = new Node({
        host: place.host,
        within: place.front,
        adminToken,
        settings: {
          "node-name": names[i],
          "gateway.address": place.host,
          "gateway.port": place.port,
          "gateway.drain-ms": 300,
          "cluster.listen": place.listen,
          "cluster.peers": places.map((other) => other.listen), // Its own address is skipped.
          ...(hasNamespaces ? { "cluster.allow-plaintext": true } : {}),
          ...(typeof settings === "function" ? settings(names[i]) : settings),
        },
      });
      s.nodes.push(node);
      s.later(() => node.stop("SIGKILL"));
      return node;
    });
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.complete();
    return cluster;
  }

  // Every node sees all others up.
  complete() {
    const states = () => Promise.all(this.nodes.map((node) => peers(node)));
    return until(async () => (await states()).every((list) =>
      list.filter((peer) => peer.state === "up").length === this.nodes.length - 1),
    "all nodes see each other", { describe: states });
  }

  // All nodes list the same, and the clients see it.
  async agree(topic, ...seats) {
    const look = async () => ({
      lists: await Promise.all(this.nodes.map(async (node) => normal(await node.list(topic)))),
      views: seats.map((seat) => seat.view()),
    });
    const keys = (view) => Object.fromEntries(Object.entries(view).map(([key, metas]) => [key, metas.map((m) => m.phx_ref)]));
    await until(async () => {
      const { lists, views } = await look();
      return new Set([...lists, ...views].map((view) => JSON.stringify(view))).size === 1;
    }, `all nodes and clients agree on ${topic}`, {
      describe: async () => {
        const { lists, views } = await look();
        return { lists: lists.map(keys), views: views.map(keys) };
      },
    });
    const { lists: [first, ...lists], views } = await look();
    for (const other of [...lists, ...views]) assert.deepEqual(other, first);
    return first;
  }
}

export async function peers(node) { return (await node.getJson("/api/cluster")).peers; }

export async function peerState(node, name) {
  return (await peers(node)).find((peer) => peer.name === name)?.state;
}

export const clusterScene = (name, play, options) => scene(`${name} (${where})`, play, options);

// A scene that cuts the network; skipped where that cannot be done.
export const networkScene = (name, play, options = {}) => clusterScene(name, play,
  hasNamespaces ? options : { ...options, skip: "needs network namespaces" });

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
