// A bot that plays in the arena over the TCP protocol, and knows at each moment
// what the arena should know of it: its own truth.
import net from "node:net";

const away = "away";
const idle = "idle";
const playing = "playing";
const offline = "offline";

// With this many stones left whoever is to move loses, against good play.
const losing = 4;

export class Bot {
  // `places` are the ports of the nodes; `random()` gives 0 to 1; a move, or the
  // wish for a match, comes after `thinkMs` on average. `skill` is the share of
  // good moves.
  constructor({ name, places, random = Math.random, thinkMs = 1000, skill = 0.5, friends = [] }) {
    Object.assign(this, { name, places, random, thinkMs, skill, friends });
    this.status = offline;
    this.isPlaying = true; // Wants matches and moves in them.
    this.waiting = 0; // Commands without an answer.
    this.counts = { connects: 0, matches: 0, moves: 0, lost: 0, replaced: 0 };
    this.online = new Set(); // Friends.
    this.refusals = []; // Commands that were refused, and why.
  }

  start() {
    this.isEnded = false;
    this.connect();
  }

  end() {
    this.isEnded = true;
    clearTimeout(this.timer);
    clearTimeout(this.comeBack);
    this.socket?.destroy();
  }

  // As a player whose network is gone; the bot comes back by itself.
  cut() { this.socket?.destroy(); }

  // From now on it asks for no match and makes no move.
  hold() {
    this.isPlaying = false;
    clearTimeout(this.timer);
    if (this.status === idle) this.send("rest");
  }

  resume() {
    this.isPlaying = true;
    this.consider();
  }

  // Nothing is on its way that would change what it believes.
  get isSettled() { return this.waiting === 0 && (this.status === away || this.status === playing); }

  connect() {
    if (this.isEnded) return;
    this.place = this.places[Math.floor(this.random() * this.places.length)];
    const socket = net.connect(this.place, "127.0.0.1");
    this.socket = socket;
    let rest = "";
    socket.setNoDelay(true);
    socket.setEncoding("utf8");
    socket.on("connect", () => this.send(`login ${this.name}`));
    socket.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.hear(line);
    });
    socket.on("error", () => {});
    socket.on("close", () => this.lose());
  }

  lose() {
    if (this.status !== offline) this.counts.lost += 1;
    this.status = offline;
    this.match = undefined;
    this.waiting = 0;
    this.online.clear();
    clearTimeout(this.timer);
    if (!this.isEnded) this.comeBack = setTimeout(() => this.connect(), 100 + 400 * this.random());
  }

  send(line) {
    this.waiting += 1;
    this.socket.write(`${line}\n`);
  }

  hear(line) {
    const [word, ...values] = line.split(" ");
    this[`on_${word}`]?.(...values);
  }

  on_welcome(name, rating) {
    this.waiting -= 1;
    this.counts.connects += 1;
    this.rating = Number(rating);
    this.status = away;
    for (const friend of this.friends) this.send(`friend ${friend}`);
    this.consider();
  }

  on_ok(command) {
    this.waiting -= 1;
    // A match may have begun meanwhile.
    if (command === "play" && this.status === away) this.status = idle;
    if (command === "rest" && this.status === idle) this.status = away;
    if (command === "take" && this.match) {
      this.match.moves.push(this.match.wish);
      this.counts.moves += 1;
    }
    // It was told to hold while its wish was on the way.
    if (command === "play" && this.status === idle && !this.isPlaying) this.send("rest");
  }

  on_error(command, reason) {
    this.waiting -= 1;
    this.refusals.push(`${command} ${reason}`);
    if (command === "login") this.cut();
  }

  on_match(topic, opponent, turn) {
    this.counts.matches += 1;
    this.status = playing;
    this.match = { topic, opponent, isFirst: turn === "first", moves: [] };
  }

  on_board(stones, turn) {
    this.stones = Number(stones);
    this.isOwnTurn = turn === "yours";
    this.consider();
  }

  on_over(outcome, why, rating) {
    this.status = away;
    this.match = undefined;
    this.rating = Number(rating);
    this.isOwnTurn = false;
    this.consider();
  }

  // Another connection has logged in under this name; the arena ends this one.
  on_replaced() { this.counts.replaced += 1; }

  on_online(name) { this.online.add(name); }
  on_offline(name) { this.online.delete(name); }

  // Does after a while what is to be done next.
  consider() {
    clearTimeout(this.timer);
    if (!this.isPlaying || this.isEnded) return;
    this.timer = setTimeout(() => this.act(), this.thinkMs * (0.5 + this.random()));
  }

  act() {
    if (this.status === away) this.send("play");
    if (this.status !== playing || !this.isOwnTurn) return;
    this.isOwnTurn = false;
    this.match.wish = this.chooseMove();
    this.send(`take ${this.match.wish}`);
  }

  chooseMove() {
    const good = this.stones % losing;
    if (good > 0 && this.random() < this.skill) return good;
    return 1 + Math.floor(this.random() * Math.min(3, this.stones));
  }
}

// What all nodes should say, from what each of the bots knows.
export function truthOf(bots) {
  const lobby = {};
  const matches = {};
  for (const { name, status, rating, match } of bots) {
    if (status === offline) continue;
    lobby[name] = { status, rating, ...(match ? { match: match.topic } : {}) };
    if (match) (matches[match.topic] ??= {})[name] = { first: match.isFirst, moves: match.moves };
  }
  return { lobby, matches };
}
