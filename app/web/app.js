// The live page: who is in which topic, as it happens. Whatever comes from a
// client is shown as text, never as markup.
import { showCluster } from "/assets/cluster.js";
import { Presence, Socket } from "/assets/phoenix.mjs";

const refreshMs = 1500;
const feedLinesMax = 200;
const topicsMax = 500;
const $ = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function say(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

// -- talking to the node ------------------------------------------------------

// The admin token comes in the address once, and stays out of it and of the
// history from then on.
const address = new URL(location.href);
if (address.searchParams.has("token")) {
  sessionStorage.setItem("admin-token", address.searchParams.get("token"));
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}

async function api(path) {
  const token = sessionStorage.getItem("admin-token");
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`/api/${path}`, { headers });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}

let node = { socket: "/socket", auth: false };

function makeSocket(params) {
  const authToken = sessionStorage.getItem("auth-token");
  return new Socket(node.socket, authToken ? { params, authToken } : { params });
}

let watcher = null; // The socket by which topics are watched.

function showConnection(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
}

function connect() {
  watcher = makeSocket({});
  watcher.onOpen(() => showConnection("open", "connected"));
  watcher.onClose(() => showConnection("connecting", "connection lost, trying again"));
  watcher.connect();
}

// -- topics -------------------------------------------------------------------

let topics = new Map(); // Name to {presences, keys}.

function showTopics() {
  const names = new Set(topics.keys());
  if (watched) names.add(watched.topic);
  const items = [...names].sort().map((name) => {
    const size = topics.get(name);
    const button = element("button", "");
    button.append(element("span", "name", name), element("span", "count", size ? size.keys : 0));
    button.setAttribute("aria-current", String(watched?.topic === name));
    button.addEventListener("click", () => watch(name));
    const item = element("li", "");
    item.append(button);
    return item;
  });
  $("topics").replaceChildren(...items);
  $("topic-count").textContent = topics.size ? topics.size : "";
  $("no-topics").hidden = items.length > 0;
}

async function refresh() {
  try {
    const [page, cluster] = await Promise.all([api(`topics?limit=${topicsMax}`), api("cluster")]);
    showCluster($("cluster"), cluster);
    topics = new Map(page.topics.map((x) => [x.topic, x]));
    say("problem", "");
    const focused = $("topics").contains(document.activeElement);
    if (!focused) showTopics();
  } catch (failed) {
    say("problem", failed instanceof TypeError ? "The node does not answer." : failed.message);
  }
  setTimeout(refresh, refreshMs);
}

// -- one topic ----------------------------------------------------------------

let watched = null; // {topic, channel, presence}

function onlineSince(meta) {
  const seconds = Number(meta.online_at);
  return Number.isFinite(seconds) && seconds > 0
    ? `since ${new Date(seconds * 1000).toLocaleTimeString()}` : "";
}

function metaLine(meta) {
  const hidden = new Set(["phx_ref", "phx_ref_prev", "online_at"]);
  const line = element("div", "meta-line");
  for (const [name, value] of Object.entries(meta))
    if (!hidden.has(name)) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      line.append(element("span", "chip", `${name}: ${text}`));
    }
  return line;
}

function person(key, { metas }) {
  const who = element("div", "person");
  const title = element("strong", "", key);
  who.append(title);
  if (metas.length > 1) who.append(element("span", "count", ` on ${metas.length} devices`));
  who.append(...metas.map(metaLine));
  const item = element("li", "");
  item.append(element("span", "face", [...key][0].toUpperCase()), who,
              element("span", "since", onlineSince(metas[0])));
  return item;
}

function showPeople() {
  const people = watched.presence.list((key, presence) => [key, presence]);
  $("people").replaceChildren(...people.map(([key, presence]) => person(key, presence)));
  $("who-count").textContent = people.length === 1 ? "1 here" : `${people.length} here`;
  $("who-hint").textContent = "Nobody is here.";
  $("who-hint").hidden = people.length > 0;
}

function report(kind, key) {
  const line = element("li", "");
  line.dataset.kind = kind;
  line.append(element("time", "", new Date().toLocaleTimeString()),
              element("span", "what", kind), element("span", "name", key));
  $("feed").prepend(line);
  while ($("feed").children.length > feedLinesMax) $("feed").lastChild.remove();
  $("no-feed").hidden = true;
}

// An update joins the new meta, which names the old one, and leaves the old.
function follow(presence) {
  let isFirst = true;
  const isUpdate = (meta) => meta.phx_ref_prev !== undefined;
  presence.onJoin((key, before, joined) => {
    if (isFirst) return;
    if (before && joined.metas.some(isUpdate)) report("updated", key);
    else report("joined", before ? `${key} (one more device)` : key);
  });
  presence.onLeave((key, current, left) => {
    const replaced = new Set(current.metas.map((meta) => meta.phx_ref_prev));
    if (current.metas.length === 0) report("left", key);
    else if (!left.metas.some((meta) => replaced.has(meta.phx_ref)))
      report("left", `${key} (one device)`);
  });
  presence.onSync(() => {
    isFirst = false;
    showPeople();
  });
}

function watch(topic) {
  if (!watcher || watched?.topic === topic) return;
  watched?.channel.leave();
  const channel = watcher.channel(topic, { track: false });
  watched = { topic, channel, presence: new Presence(channel) };
  $("watched").textContent = topic;
  $("people").replaceChildren();
  $("feed").replaceChildren();
  $("no-feed").hidden = false;
  $("join-topic").value = topic;
  follow(watched.presence);
  channel.join().receive("error", (answer) => {
    $("who-hint").textContent = `This topic cannot be watched: ${answer.reason}`;
    $("who-hint").hidden = false;
  });
  showTopics();
}

// -- seats: joined by this page -----------------------------------------------

function readMeta(text) {
  const meta = JSON.parse(text.trim() || "{}");
  if (meta === null || typeof meta !== "object" || Array.isArray(meta))
    throw new Error("Meta must be a JSON object.");
  return meta;
}

function reasonOf(answer) {
  return answer.detail || answer.reason || "refused";
}

function showSeat(seat) {
  const item = $("seat-template").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`.${name}`);
  const note = (text) => { part("note").textContent = text; };
  part("who").textContent = `${seat.key} in ${seat.topic}`;
  part("meta").value = seat.meta;
  part("update").addEventListener("click", () => {
    try {
      const meta = readMeta(part("meta").value);
      seat.channel.push("presence:update", { meta })
        .receive("ok", () => note("updated"))
        .receive("error", (answer) => note(reasonOf(answer)));
    } catch (wrong) {
      note(wrong.message);
    }
  });
  part("leave").addEventListener("click", () => {
    seat.channel.leave();
    seat.socket.disconnect();
    item.remove();
  });
  $("seats").append(item);
}

function sit(topic, key, text) {
  const meta = readMeta(text);
  const socket = makeSocket(key ? { user_id: key } : {});
  socket.connect();
  const channel = socket.channel(topic, { key, meta });
  let isSeated = false;
  channel.join()
    .receive("ok", (answer) => {
      if (isSeated) return; // A rejoin after a lost connection.
      isSeated = true;
      showSeat({ socket, channel, topic, key: answer.key ?? key, meta: text });
      watch(topic);
    })
    .receive("error", (answer) => {
      say("join-problem", `Cannot join: ${reasonOf(answer)}`);
      socket.disconnect();
    });
}

// -- start --------------------------------------------------------------------

function onSubmit(id, handler) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    handler();
  });
}

onSubmit("open", () => watch($("open-topic").value));
onSubmit("join", () => {
  say("join-problem", "");
  try {
    sit($("join-topic").value, $("join-key").value, $("join-meta").value);
  } catch (wrong) {
    say("join-problem", wrong instanceof SyntaxError ? `Meta is not JSON: ${wrong.message}`
                                                     : wrong.message);
  }
});
onSubmit("auth", () => {
  sessionStorage.setItem("auth-token", $("auth-token").value);
  watcher?.disconnect();
  connect();
});

try {
  node = await api("info");
  $("node").textContent = `${node.node} · ${node.version}`;
  $("auth").hidden = !node.auth;
  $("join-key").disabled = node.auth;
  if (node.auth) $("join-key").placeholder = "from your token";
  if (!node.auth || sessionStorage.getItem("auth-token")) connect();
  else showConnection("closed", "waiting for a token");
} catch (failed) {
  say("problem", failed.message);
}
refresh();
