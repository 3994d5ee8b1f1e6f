// Goal: at quiet moments all nodes list the same, their clients see it, and it is
// what the clients did.
// Method: clients on three nodes do random things in two topics, while one node
// after the other is paused, cut off, or killed and started again.
import { Actor, churn, topics } from "../support/churn.mjs";
import { Cluster, clusterScene } from "../support/cluster.mjs";
import { hasNamespaces } from "../support/network.mjs";
import { Random, seed } from "../support/random.mjs";
import { pause } from "../support/wait.mjs";

const rounds = Number(process.env.ROLLCALL_TEST_ROUNDS ?? 6);
const stepsPerRound = 60;
const clientCount = 30;

async function disturb(cluster, random) {
  const i = random.below(3);
  const node = cluster.nodes[i];
  const ms = 200 + random.below(600);
  if (hasNamespaces && random.next() < 0.5) {
    cluster.network.cut(i);
    await pause(ms);
    cluster.network.heal(i);
  } else {
    node.signal("SIGSTOP");
    await pause(ms);
    node.signal("SIGCONT");
  }
}

clusterScene("under churn on three nodes with short faults all agree at quiet moments, and nobody still is missed", async (s) => {
  s.say(`ROLLCALL_TEST_SEED=${seed}`);
  const random = new Random();
  const cluster = await Cluster.start(s, 3);
  const still = [];
  for (const topic of topics) still.push(await s.join(cluster.nodes[0], "still", topic, { meta: { n: 0 } }));
  const actors = Array.from({ length: clientCount }, (_, i) => new Actor(s, cluster.nodes[i % 3], `user ${i % 12}`));
  await churn({ actors, still, random, rounds, stepsPerRound,
    agree: (...asked) => cluster.agree(...asked),
    beside: () => disturb(cluster, random) });
}, { timeout: 600_000 });
