// The arena, a game backend that embeds Rollcall: two real nodes, bots over TCP
// and a player over the gateway. At each quiet moment what every node says is
// compared with what the bots know of themselves.
//
// By default a few bots for a few seconds. ROLLCALL_ARENA_LONG=1: 2000 bots, ten
// rounds of a minute. ROLLCALL_ARENA_BOTS, _ROUNDS and _ROUND_MS set each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bot, truthOf } from "../../app/examples/arena/bot.mjs";
import { Browser } from "./support/browser.mjs";
import { Random } from "./support/random.mjs";
import { scene } from "./support/scene.mjs";
import { pause, until, within } from "./support/wait.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const executable = process.env.ROLLCALL_ARENA ?? join(root, "build/bin/arena");
const isLong = process.env.ROLLCALL_ARENA_LONG === "1";
const number = (name, short, long) => Number(process.env[`ROLLCALL_ARENA_${name}`] ?? (isLong ? long : short));
const botCount = number("BOTS", 50, 2000);
const rounds = number("ROUNDS", 2, 10);
const roundMs = number("ROUND_MS", 4000, 60_000);
const thinkMs = number("THINK_MS", 50, 2000);
const agreeMs = 60_000;
const lateMs = 1000; // After the hold: what still differs then is told.
const options = { skip: existsSync(executable) ? false : "the arena is not built: it needs SQLite", timeout: 60_000 + rounds * (roundMs + 2 * agreeMs) };

// Ports that were free a moment ago; they keep their number over restarts.
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer());
  await Promise.all(servers.map((server) => new Promise((done) => server.listen(0, "127.0.0.1", done))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

class ArenaNode {
  constructor(name, lines, web, config) {
    Object.assign(this, { name, lines, web, config, log: "", settings: { "node-name": `arena ${name}` } });
  }

  get url() { return `http://127.0.0.1:${this.web}`; }
  get socketUrl() { return `ws://127.0.0.1:${this.web}/socket`; }
  tail() { return this.log.slice(-4000); }

  async start() {
    let output = "";
    this.exit = undefined;
    const child = spawn(executable, [`--config-file=${this.config}`, `--arena.node=${this.name}`], { cwd: root });
    this.child = child;
    child.stdout.on("data", (text) => { output += text; });
    child.stderr.on("data", (text) => { this.log += text; });
    this.ended = new Promise((done) => child.on("close", (code, signal) => done(this.exit = { code, signal })));
    await until(() => output.includes(" ready: ") || this.exit, `arena ${this.name} starts`, { describe: () => this.tail() });
    assert.equal(this.exit, undefined, this.tail());
    await until(async () => (await this.look()).ready, `arena ${this.name} has what its peer had`);
  }

  async stop(signal) {
    if (!this.child || this.exit) return this.exit;
    this.child.kill(signal);
    return within(this.ended, `arena ${this.name} ends after ${signal}`);
  }

  // Minutes pass between two looks: a node closes a connection that was silent for
  // so long, perhaps just when the next request is on its way. So each has its own.
  async look() {
    return (await fetch(`${this.url}/arena.json`, { headers: { connection: "close" } })).json();
  }
}

// Two nodes from one file.
async function startArena(s) {
  const folder = mkdtempSync(join(tmpdir(), "arena-"));
  s.later(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "arena.conf");
  const [linesA, webA, clusterA, linesB, webB, clusterB] = await freePorts(6);
  const section = (name, lines, web, listen) => `[arena.${name}]\nlines=${lines}\nweb=${web}\ncluster-listen="127.0.0.1:${listen}"\n`;
  writeFileSync(config, `[arena]\npeers=["127.0.0.1:${clusterA}", "127.0.0.1:${clusterB}"]\n`
    + `database="${join(folder, "arena.sqlite")}"\nturn-ms=${10 * agreeMs}\n`
    + 'page-folder="app/examples/arena/web"\nphoenix-file="tests/e2e/node_modules/phoenix/priv/static/phoenix.mjs"\n'
    + section("a", linesA, webA, clusterA) + section("b", linesB, webB, clusterB));
  const nodes = [new ArenaNode("a", linesA, webA, config), new ArenaNode("b", linesB, webB, config)];
  for (const node of nodes) {
    s.nodes.push(node);
    s.later(() => node.stop("SIGKILL"));
    await node.start();
  }
  return nodes;
}

function startBot(s, settings) {
  const bot = new Bot(settings);
  s.later(() => bot.end());
  bot.start();
  return bot;
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

// The same text for the same lobby and matches.
function normal({ lobby, matches }) {
  const each = Object.entries(matches).map(([topic, players]) => [topic, sorted(players)]);
  return JSON.stringify({ lobby: sorted(lobby), matches: sorted(Object.fromEntries(each)) });
}

// Where two normal texts differ first.
function difference(told, truth) {
  let at = 0;
  while (told[at] === truth[at] && at < told.length) ++at;
  return { node: told.slice(Math.max(0, at - 80), at + 80), truth: truth.slice(Math.max(0, at - 80), at + 80) };
}

// Waits until nothing is on its way; then all nodes must say what the bots know.
// @returns how long that took, and what still differed after `lateMs`.
async function agree(nodes, bots) {
  for (const bot of bots) bot.hold();
  let differences;
  const start = performance.now();
  const history = new Map(); // What differed, and the last time when it did.
  const remember = () => {
    for (const one of differences) history.set(JSON.stringify(one), Math.round(performance.now() - start));
    return false;
  };
  await until(async () => {
    differences = bots.filter((bot) => !bot.isSettled).map((bot) => `${bot.name} is ${bot.status}, ${bot.waiting}`).slice(0, 5);
    if (differences.length > 0) return remember();
    const told = await Promise.all(nodes.map((node) => node.look()));
    const truth = normal(truthOf(bots));
    differences = told.map(normal).filter((text) => text !== truth).map((text) => difference(text, truth));
    remember();
    return differences.length === 0 && bots.every((bot) => bot.isSettled);
  }, "all nodes say what the bots know", { ms: agreeMs, describe: () => differences });
  const took = Math.round(performance.now() - start);
  const late = [...history].filter(([, when]) => when > lateMs).map(([what, when]) => `${when} ms: ${what}`);
  return { took, late };
}

// The database ran one query for each side of a diff of the lobby, and one for
// each list: that of the matchmaker and those of clients that joined.
async function checkProfiles(s, node, listsMax) {
  const { queries, names, sides, lists, failures } = (await node.look()).profiles;
  s.say(`arena ${node.name}: ${sides} sides of diffs, ${queries} queries for ${names} profiles, ${lists} lists`);
  assert.equal(queries, sides + lists);
  assert.ok(lists <= listsMax, `${lists} lists`);
  assert.ok(sides > 0);
  assert.equal(failures, 0);
}

const sum = (bots, count) => bots.reduce((total, bot) => total + bot.counts[count], 0);

scene("a player over the gateway and one over TCP meet, though their nodes differ", async (s) => {
  const [a, b] = await startArena(s);
  const client = s.client(b, { key: "gwen" });
  const watcher = await s.client(a, { key: "page" }).join("lobby");
  const seat = await client.join("lobby", { name: "gwen" });
  assert.equal(seat.reply.rating, 1000);
  const [boards, ends, matches] = ["board", "over", "match"].map((event) => seat.hear(event));
  const bot = startBot(s, { name: "tom", places: [a.lines], thinkMs: 20 });
  await seat.push("play");
  await until(() => matches.length === 1, "a match");
  assert.equal(matches[0].opponent, "tom");
  const match = await s.client(a, { key: "fan" }).join(matches[0].match);
  for (let seen = 0; ends.length === 0; seen = boards.length) {
    await until(() => boards.length > seen || ends.length > 0, "a board");
    if (boards.at(-1).turn === "yours") await seat.push("take", { stones: 1 });
  }
  await until(() => bot.status !== "playing", "the bot knows of the end");
  assert.equal(ends[0].rating + bot.rating, 2000);
  assert.notEqual(ends[0].rating, 1000);
  const profile = () => watcher.presence.state.gwen?.profile;
  await until(() => profile()?.wins + profile()?.losses === 1, "the page has the profile", { describe: profile });
  await match.sees();
});

scene("a friend is told to be online and offline, whichever node the friend is on", async (s) => {
  const [a, b] = await startArena(s);
  const ann = startBot(s, { name: "ann", places: [a.lines], friends: ["bob"] });
  ann.isPlaying = false;
  await until(() => ann.status === "away" && ann.waiting === 0, "ann is here");
  const bob = startBot(s, { name: "bob", places: [b.lines] });
  bob.isPlaying = false;
  await until(() => ann.online.has("bob"), "bob is online");
  bob.end();
  await until(() => !ann.online.has("bob"), "bob is offline");
});

scene("a player has at most 200 friends, also after coming back", async (s) => {
  const [a] = await startArena(s);
  const friends = Array.from({ length: 200 }, (_, i) => `friend-${i}`);
  const ann = startBot(s, { name: "ann", places: [a.lines], friends });
  ann.isPlaying = false;
  const isIn = () => until(() => ann.status === "away" && ann.waiting === 0, "ann is in");
  await isIn();
  assert.deepEqual(ann.refusals, []);
  ann.friends = ["one-more", "friend-7"];
  ann.cut();
  await until(() => ann.counts.connects === 2, "ann is back");
  await isIn();
  assert.deepEqual(ann.refusals.filter((refusal) => !refusal.startsWith("login")), ["friend too_many_friends"]);
});

scene("a login ends the older connection of its name, on any node", async (s) => {
  const [a, b] = await startArena(s);
  const older = await s.client(a, { key: "1" }).join("lobby", { name: "ann" });
  const [told, closed] = ["replaced", "phx_close"].map((event) => older.hear(event));
  await until(async () => (await b.look()).lobby.ann, "ann is seen");
  const bot = startBot(s, { name: "ann", places: [b.lines] });
  bot.isPlaying = false;
  await until(() => told.length === 1 && closed.length === 1, "the older one is told and closed");
  assert.deepEqual(told[0], { name: "ann" });
  const newer = await s.client(b, { key: "2" }).join("lobby", { name: "ann" });
  bot.isEnded = true; // Else it comes back, and ends the newer one.
  await until(() => bot.status === "offline", "the bot's connection ends");
  assert.equal(bot.counts.replaced, 1);
  await newer.push("play");
  await until(async () => (await Promise.all([a, b].map((node) => node.look()))).every((told) => told.lobby.ann?.status === "idle"), "both show the newest");
  await assert.rejects(s.client(b, { key: "3" }).join("lobby", { name: "a b" }), { reason: "invalid_name" });
});

scene("the page shows players of both nodes and their matches", async (s) => {
  const [a, b] = await startArena(s);
  for (const [name, node] of [["ann", a], ["bob", b]])
    startBot(s, { name, places: [node.lines], thinkMs: 300 });
  const page = await Browser.openOn(s, a);
  const text = (id) => page.page.textContent(`#${id}`);
  await until(async () => /ann.*bob|bob.*ann/.test(await text("lobby")), "the lobby is shown", { describe: () => text("lobby") });
  await until(async () => /(ann|bob) \(.*\d.*\) – /.test(await text("matches")), "a match is shown", { describe: () => text("matches") });
  await until(async () => /101610.*98401|98401.*101610/.test(await text("lobby")), "a profile is shown", { describe: () => text("lobby") });
  if (process.env.ROLLCALL_ARENA_PICTURE) await page.page.screenshot({ path: process.env.ROLLCALL_ARENA_PICTURE });
  assert.deepEqual(page.complaints, []);
});

scene(`${botCount} bots play and nodes are killed: at each quiet check all nodes know what the bots know`, async (s) => {
  const nodes = await startArena(s);
  const dice = new Random();
  const random = () => dice.next();
  const places = nodes.map((node) => node.lines);
  const bots = Array.from({ length: botCount }, (_, i) =>
    startBot(s, { name: `bot-${i}`, places, thinkMs, random, skill: i / botCount, friends: [`bot-${(i + 1) % botCount}`] }));
  await until(() => bots.every((bot) => bot.status !== "offline"), "all bots are in", { ms: agreeMs });
  // Each second one bot of a hundred loses its network.
  const churn = setInterval(() => {
    if (bots[0].isPlaying) bots[Math.floor(random() * botCount)].cut();
  }, 100_000 / botCount);
  s.later(() => clearInterval(churn));
  for (let round = 0; round < rounds; ++round) {
    const victim = nodes[round % 2];
    const other = nodes[1 - (round % 2)];
    await pause(roundMs / 2); // Play.
    // A match whose players are both there: one across both nodes ends.
    const isHome = (bot) => bot.place === other.lines && bot.match;
    const home = bots.filter((bot) => isHome(bot) && isHome(bots.find(({ name }) => name === bot.match.opponent)));
    const movesBefore = sum(home, "moves");
    await victim.stop("SIGKILL");
    await pause(roundMs / 4); // Play on one node.
    assert.ok(home.length === 0 || sum(home, "moves") > movesBefore, "matches on the other node go on");
    await victim.start();
    await pause(roundMs / 4);
    const { took, late } = await agree(nodes, bots);
    const { matches, lobby } = await other.look();
    s.say(`round ${round + 1}: ${Object.keys(lobby).length} in the lobby, ${Object.keys(matches).length} matches; `
      + `all agree ${took} ms after the hold; so far ${sum(bots, "connects")} logins, ${sum(bots, "matches") / 2} matches, ${sum(bots, "moves")} moves`);
    for (const one of late.slice(-20)) s.say(`  late: ${one}`);
    assert.ok(Object.keys(matches).length > 0);
    for (const node of nodes) await checkProfiles(s, node, 20);
    for (const bot of bots) bot.resume();
  }
  clearInterval(churn);
  for (const bot of bots) bot.end();
  await until(async () => (await Promise.all(nodes.map((node) => node.look()))).every((told) => Object.keys(told.lobby).length === 0
    && Object.keys(told.matches).length === 0), "nobody is left", { ms: agreeMs });
  for (const node of nodes) assert.deepEqual(await node.stop("SIGTERM"), { code: 0, signal: null });
}, options);
