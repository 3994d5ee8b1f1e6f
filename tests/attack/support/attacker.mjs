// A process of its own, of lower priority: attackers have their own machines,
// here they take what the node leaves of this one.
import os from "node:os";
import { done } from "./stranger.mjs";

os.setPriority(5);
process.on("disconnect", () => process.exit(0));
process.on("uncaughtException", (wrong) => {
  process.send({ failed: String(wrong.stack) }, () => process.exit(1));
});
process.on("message", async ({ file, name, target, ms }) => {
  const attacks = await import(file);
  // The time runs from the first look at it, since what an attack prepares is
  // not counted, and until it has done what it is for, on a machine with other
  // work too: `goal` names one of the counts of `done`.
  let start;
  const goal = target.goal ?? "strikes";
  const isOver = () => {
    const passed = performance.now() - (start ??= performance.now());
    return passed >= ms && (done[goal] > 0 || passed >= ms + 20_000);
  };
  const report = await attacks[name]({ ...target, isOver });
  process.send({ report: { ...report, ...done } }, () => process.exit(0));
});
