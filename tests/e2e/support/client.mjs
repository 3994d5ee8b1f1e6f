// The official client, with what a test wants to know beside it.
import assert from "node:assert/strict";
import { Presence, Socket } from "phoenix";
import WebSocket from "ws";
import { until, within } from "./wait.mjs";

// A push of phoenix.js as a promise; a refusal rejects with the response.
export function answer(push, what = "an answer") {
  return within(new Promise((done, fail) => {
    push
      .receive("ok", done)
      .receive("error", (response) => fail(Object.assign(new Error(`refused: ${JSON.stringify(response)}`), response)))
      .receive("timeout", () => fail(new Error(`timed out: ${what}`)));
  }), what);
}

// {key: [meta...]} in an order of its own, from what the client or the API has.
export function normal(state) {
  const byRef = (a, b) => (a.phx_ref < b.phx_ref ? -1 : 1);
  return Object.fromEntries(Object.entries(state)
    .map(([key, { metas }]) => [key, [...metas].sort(byRef)])
    .sort(([a], [b]) => (a < b ? -1 : 1)));
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// One joined topic: the channel, its Presence, and all that they told.
export class Seat {
  constructor(socket, topic, params = {}) {
    this.topic = topic;
    this.channel = socket.channel(topic, params);
    this.presence = new Presence(this.channel);
    this.states = [];
    this.diffs = [];
    this.events = []; // onJoin and onLeave, as {kind, key, before or left}
    this.closes = 0;
    this.errors = [];
    this.channel.on("presence_state", (state) => this.states.push(state));
    this.channel.on("presence_diff", (diff) => this.diffs.push(diff));
    this.channel.onClose(() => { this.closes += 1; });
    this.channel.onError((reason) => this.errors.push(reason));
    const copy = (value) => (value === undefined ? undefined : structuredClone({ metas: value.metas }));
    this.presence.onJoin((key, before, joined) =>
      this.events.push({ kind: "join", key, before: copy(before), metas: copy(joined).metas }));
    this.presence.onLeave((key, current, left) =>
      this.events.push({ kind: "leave", key, left: copy(current).metas, metas: copy(left).metas }));
  }

  // Resolves when the reply and the state are there.
  async join() {
    this.reply = await answer(this.channel.join(), `join of ${this.topic}`);
    await until(() => this.states.length > 0, `presence_state of ${this.topic}`);
    return this;
  }

  push(event, payload = {}) { return answer(this.channel.push(event, payload), event); }
  leave() { return answer(this.channel.leave(), `leave of ${this.topic}`); }
  update(meta) { return this.push("presence:update", { meta }); }

  // Drops what it was told, but for what is there now.
  forget() { this.diffs.length = this.events.length = 0; }

  keys() { return this.presence.list((key) => key).sort(); }
  view() { return normal(this.presence.state); }
  metas(key) { return this.presence.state[key]?.metas ?? []; }
  left() { return this.events.filter((e) => e.kind === "leave" && e.left.length === 0).map((e) => e.key); }
  came() { return this.events.filter((e) => e.kind === "join" && e.before === undefined).map((e) => e.key); }

  sees(...keys) {
    const wanted = keys.sort();
    return until(() => same(this.keys(), wanted), `${JSON.stringify(wanted)} in ${this.topic}`,
      { describe: () => this.keys() });
  }

  // Records an event; phoenix.js gives binaries as ArrayBuffer.
  hear(event) {
    const heard = [];
    this.channel.on(event, (payload) => heard.push(payload));
    return heard;
  }
}

export class Client {
  constructor(node, { key, params = {}, ...options } = {}) {
    this.closes = [];
    this.opens = 0;
    this.socket = new Socket(node.socketUrl, {
      transport: WebSocket,
      params: key === undefined ? params : { user_id: key, ...params },
      timeout: 15_000,
      reconnectAfterMs: () => 50,
      rejoinAfterMs: () => 100,
      ...options,
    });
    this.socket.onOpen(() => { this.opens += 1; });
    this.socket.onClose((event) => this.closes.push(event.code));
    this.socket.connect();
  }

  seat(topic, params) { return new Seat(this.socket, topic, params); }
  join(topic, params) { return this.seat(topic, params).join(); }
  isConnected() { return this.socket.isConnected(); }

  // The connection ends without a word.
  cut() { this.socket.conn.terminate(); }

  close() { return new Promise((done) => this.socket.disconnect(done)); }
}

// What of a client that must not come back by itself.
export const forGood = { reconnectAfterMs: () => 1_000_000_000 };

// The Presence of each seat equals what the node lists, and that is at rest.
export async function agree(node, topic, ...seats) {
  const look = async () => {
    const listed = normal(await node.list(topic));
    return { listed, views: seats.map((seat) => seat.view()) };
  };
  const differences = async () => {
    const { listed, views } = await look();
    return views.flatMap((view, seat) => Object.keys({ ...listed, ...view })
      .filter((key) => !same(view[key], listed[key]))
      .map((key) => ({ seat: seats[seat].reply?.key, key, listed: listed[key], seen: view[key] }))).slice(0, 4);
  };
  await until(async () => {
    const { listed, views } = await look();
    return views.every((view) => same(view, listed));
  }, `all in ${topic} see what the node lists`, { describe: differences });
  const { listed, views } = await look();
  for (const view of views) assert.deepEqual(view, listed);
  return listed;
}
