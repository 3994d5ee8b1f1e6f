// Clients that do random things, and what should come of it.
import assert from "node:assert/strict";
import { seed } from "./random.mjs";
import { until } from "./wait.mjs";

export const topics = ["room:1", "room:2"];

// One client, at most one seat in each topic, and what its seat should show.
export class Actor {
  constructor(s, node, key) {
    this.make = () => s.client(node, { key });
    this.key = key;
    this.client = this.make();
    this.places = new Map(topics.map((topic) => [topic, null]));
    this.busy = Promise.resolve();
  }

  async act(random, n) {
    const topic = random.pick(topics);
    const place = this.places.get(topic);
    if (!place) return this.sit(topic, random.next() < 0.1, n);
    switch (random.below(7)) {
      case 0:
        this.places.set(topic, null);
        return place.seat.leave();
      case 1:
        return this.cut();
      case 2: // The same topic once more; the former seat ends.
        return this.sit(topic, false, n);
      case 3:
        if (place.n === undefined) return this.track(place, n);
        place.n = undefined;
        return place.seat.push("presence:untrack");
      default:
        if (place.n === undefined) return this.track(place, n);
        place.n = n;
        return place.seat.update({ n });
    }
  }

  async sit(topic, isObserver, n) {
    const seat = this.client.seat(topic, isObserver ? { track: false } : { meta: { n } });
    this.places.set(topic, { seat, n: isObserver ? undefined : n, first: isObserver ? undefined : n });
    await seat.join();
  }

  track(place, n) {
    place.n = n;
    return place.seat.push("presence:track", { meta: { n } });
  }

  // It comes back with what it joined with at first.
  async cut() {
    const places = [...this.places.values()].filter((place) => place);
    const states = places.map((place) => place.seat.states.length);
    for (const place of places) place.n = place.first;
    this.client.cut();
    await Promise.all(places.map((place, i) => until(() => place.seat.states.length > states[i], "the state after a cut")));
  }
}

function wanted(actors, topic, still) {
  const result = { [still.reply.key]: [0] };
  for (const { key, places } of actors) {
    const n = places.get(topic)?.n;
    if (n !== undefined) (result[key] ??= []).push(n);
  }
  return Object.fromEntries(Object.entries(result).map(([key, list]) => [key, list.sort((a, b) => a - b)])
    .sort(([a], [b]) => (a < b ? -1 : 1)));
}

const numbers = (listed) => Object.fromEntries(Object.entries(listed)
  .map(([key, metas]) => [key, metas.map((meta) => meta.n).sort((a, b) => a - b)]));

// Rounds of random things: those of one client follow each other, those of
// different clients happen at once, and `beside` as well. After each round
// `agree(topic, ...seats)` asks everybody, and it must be what the clients did.
// `still` has a seat in each topic that nobody may see go.
export async function churn({ actors, still, random, rounds, stepsPerRound, agree, beside = () => {} }) {
  let n = 0;
  for (let round = 0; round < rounds; ++round) {
    for (let step = 0; step < stepsPerRound; ++step) {
      const actor = random.pick(actors);
      const id = ++n;
      actor.busy = actor.busy.then(() => actor.act(random, id));
    }
    await Promise.all([beside(), ...actors.map((actor) => actor.busy)]);
    for (const [i, topic] of topics.entries()) {
      const seats = actors.map((actor) => actor.places.get(topic)?.seat).filter((seat) => seat);
      const model = wanted(actors, topic, still[i]);
      await until(async () => JSON.stringify(numbers(await agree(topic, still[i], ...seats))) === JSON.stringify(model),
        `seed ${seed}, round ${round}: ${topic} shows what the clients did`, { describe: () => model });
    }
  }
  for (const { places } of actors)
    for (const place of places.values())
      if (place) assert.ok(!place.seat.left().includes("still"), `seed ${seed}: nobody saw them go`);
}
