// The arena as a watcher sees it: the lobby, and the matches of its players.
import { Presence, Socket } from "/assets/phoenix.mjs";

const stonesAtStart = 21;
const matchesShown = 20; // Each is a channel; the gateway has a limit.
const playersShown = 100;
const matches = new Map(); // Topic to { channel, presence }.
const byId = (id) => document.getElementById(id);

function cell(text) {
  const element = document.createElement("td");
  element.textContent = text;
  return element;
}

// What the meta says, and beside it what the fetch hook took from the database.
function playerRow(name, { metas: [meta], profile }) {
  const row = document.createElement("tr");
  row.append(...[name, meta.status, meta.rating, profile?.wins ?? "", profile?.losses ?? ""].map(cell));
  return row;
}

// The match that a presence of each player stands for.
function matchItem(topic, presence) {
  const item = document.createElement("li");
  const players = presence.list((name, { metas: [meta] }) => ({ name, ...meta }));
  const taken = players.flatMap(({ moves }) => moves).reduce((sum, count) => sum + count, 0);
  const stones = document.createElement("div");
  stones.className = "stones";
  stones.textContent = "●".repeat(Math.max(0, stonesAtStart - taken)) + "○".repeat(Math.min(stonesAtStart, taken));
  item.append(players.map(({ name, moves }) => `${name} (${moves.join(" ")})`).join(" – "), stones);
  item.title = topic;
  return item;
}

let isDrawn = true;

// Many changes, one picture.
function draw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    const players = lobby.list((name, presence) => ({ name, presence }));
    players.sort((a, b) => b.presence.metas[0].rating - a.presence.metas[0].rating);
    byId("lobby").replaceChildren(...players.slice(0, playersShown).map(({ name, presence }) => playerRow(name, presence)));
    byId("matches").replaceChildren(...[...matches].map(([topic, { presence }]) => matchItem(topic, presence)));
    byId("counts").textContent = `${players.length} players`;
  });
}

// Watches the matches that the lobby tells of, and no other.
function chooseMatches() {
  const topics = new Set(lobby.list((_, { metas: [meta] }) => meta.match).filter(Boolean));
  for (const [topic, { channel }] of matches)
    if (!topics.has(topic)) {
      channel.leave();
      matches.delete(topic);
    }
  for (const topic of topics) {
    if (matches.size >= matchesShown) break;
    if (matches.has(topic)) continue;
    const channel = socket.channel(topic);
    const presence = new Presence(channel);
    presence.onSync(draw);
    matches.set(topic, { channel, presence });
    channel.join();
  }
  draw();
}

const socket = new Socket("/socket");
socket.onOpen(() => { byId("connection").textContent = "connected"; });
socket.onClose(() => { byId("connection").textContent = "not connected"; });
socket.connect();
const room = socket.channel("lobby");
const lobby = new Presence(room);
lobby.onSync(chooseMatches);
room.join();
