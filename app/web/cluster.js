// The peers of this node, as it sees them.
const units = ["B", "KB", "MB", "GB", "TB"];

function bytes(count) {
  let unit = 0;
  for (; count >= 1000 && unit < units.length - 1; ++unit) count /= 1000;
  return `${unit === 0 ? count : count.toFixed(1)} ${units[unit]}`;
}

function stateOf(peer) {
  if (peer.state !== "up") return "down";
  if (!peer.connected) return "up, not connected";
  return peer.direct ? "up" : "up, heard through others";
}

function row(peer) {
  const line = document.createElement("tr");
  line.dataset.state = peer.state;
  const texts = [peer.name, stateOf(peer), peer.behind, `${peer.lag_ms} ms`,
                 `${(peer.round_trip_us / 1000).toFixed(1)} ms`, bytes(peer.bytes_in), bytes(peer.bytes_out)];
  for (const text of texts) {
    const cell = document.createElement("td");
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

// Fills the panel from what `/api/cluster` answered; a node alone has none.
export function showCluster(panel, { ready, peers }) {
  panel.hidden = peers.length === 0;
  panel.querySelector("tbody").replaceChildren(...peers.map(row));
  const up = peers.filter((peer) => peer.state === "up").length;
  panel.querySelector(".count").textContent = `${up} of ${peers.length} up${ready ? "" : ", this node is not ready"}`;
}
