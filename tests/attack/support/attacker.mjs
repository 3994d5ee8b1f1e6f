// A process of its own, of lower priority: attackers have their own machines,
// here they take what the node leaves of this one.
import os from "node:os";

os.setPriority(5);
process.on("disconnect", () => process.exit(0));
process.on("uncaughtException", (wrong) => {
  process.send({ failed: String(wrong.stack) }, () => process.exit(1));
});
process.on("message", async ({ file, name, target, ms }) => {
  const attacks = await import(file);
  let end; // The time runs from the first look at it: what an attack prepares is not counted.
  const isOver = () => performance.now() >= (end ??= performance.now() + ms);
  const report = await attacks[name]({ ...target, isOver });
  process.send({ report }, () => process.exit(0));
});
