// Bots that play in the arena until they are stopped:
//   node app/examples/arena/bots.mjs COUNT PORT...
import { Bot } from "./bot.mjs";

const [count, ...places] = process.argv.slice(2).map(Number);
if (!(count > 0) || places.length === 0 || !places.every((port) => port > 0)) {
  console.error("usage: bots.mjs COUNT PORT...; COUNT bots on the TCP ports of the nodes");
  process.exit(2);
}
const nameOf = (i) => `bot-${i}`;
const bots = Array.from({ length: count }, (_, i) => new Bot({
  name: nameOf(i),
  places,
  thinkMs: 2000,
  skill: i / count, // So that ratings come to differ.
  friends: [nameOf((i + 1) % count), nameOf((i + 2) % count)],
}));
for (const bot of bots) bot.start();
console.log(`${count} bots play on ports ${places.join(", ")}`);
