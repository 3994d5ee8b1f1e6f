// Goal: at quiet moments the Presence of every client equals what the node
// lists, and both equal what the clients did.
// Method: 50 clients of 20 users do random things in two topics. After each
// round all answers are awaited, and everybody is asked. Two of them never move,
// and nobody may see them go.
import assert from "node:assert/strict";
import { Actor, churn, topics } from "./support/churn.mjs";
import { agree } from "./support/client.mjs";
import { Random, seed } from "./support/random.mjs";
import { scene } from "./support/scene.mjs";

const rounds = Number(process.env.ROLLCALL_TEST_ROUNDS ?? 12);
const stepsPerRound = 100;
const clientCount = 50;

for (const windowMs of [0, 25])
  scene(`under churn of ${clientCount} clients every Presence equals the list at quiet moments, diff window ${windowMs} ms`,
    async (s) => {
      s.say(`ROLLCALL_TEST_SEED=${seed}`);
      const random = new Random();
      const node = await s.node({ settings: { "diff-window-ms": windowMs } });
      const still = [];
      for (const topic of topics) still.push(await s.join(node, "still", topic, { meta: { n: 0 } }));
      const actors = Array.from({ length: clientCount }, (_, i) => new Actor(s, node, `user ${i % 20}`));
      await churn({ actors, still, random, rounds, stepsPerRound, agree: (...asked) => agree(node, ...asked) });
      for (const seat of still) assert.deepEqual(seat.errors, []);
      for (const what of ["shard", "dispatcher"])
        assert.equal(await node.metric(`rollcall_restarts_total{actor="${what}"}`), 0);
    });
