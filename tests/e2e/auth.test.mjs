// Tokens, as phoenix.js sends them: as a subprotocol.
import assert from "node:assert/strict";
import { forGood } from "./support/client.mjs";
import { RawSocket } from "./support/raw.mjs";
import { scene } from "./support/scene.mjs";
import { makeToken, secret } from "./support/token.mjs";
import { until } from "./support/wait.mjs";

const settings = { "auth.hs256-secret": secret };
const adminToken = "an-admin-token-of-some-length";

scene("a token says who joins, whatever else the client says", async (s) => {
  const node = await s.node({ settings, adminToken });
  const client = s.client(node, { key: "mallory", authToken: makeToken({ sub: "ann" }) });
  const ann = await client.join("room:1", { key: "eve" });
  assert.equal(ann.reply.key, "ann");
  assert.deepEqual(ann.keys(), ["ann"]);
});

scene("a token is also taken as a parameter", async (s) => {
  const node = await s.node({ settings, adminToken });
  const seat = await s.client(node, { params: { token: makeToken({ sub: "ann" }) } }).join("room:1");
  assert.equal(seat.reply.key, "ann");
});

scene("who has no valid token does not get in", async (s) => {
  const node = await s.node({ settings, adminToken });
  const past = Math.floor(Date.now() / 1000) - 60;
  const [head, body] = makeToken({ sub: "ann" }).split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const wrong = {
    none: undefined,
    expired: makeToken({ sub: "ann", exp: past }),
    "not yet valid": makeToken({ sub: "ann", nbf: past + 3600 }),
    "of another secret": makeToken({ sub: "ann" }, "another-secret-of-32-bytes-or-more"),
    unsigned: `${none}.${body}.`,
    "without signature": `${head}.${body}.`,
    "without sub": makeToken({}),
    "without exp": makeToken({ sub: "ann", exp: undefined }),
    "no token": "x",
  };
  for (const [what, token] of Object.entries(wrong)) {
    const query = token === undefined ? "vsn=2.0.0" : `vsn=2.0.0&token=${token}`;
    const { status } = await new RawSocket(node, { query }).refused;
    assert.equal(status, 403, what);
  }
  const client = s.client(node, { authToken: wrong.expired, ...forGood });
  await until(() => client.closes.length > 0, "the client is refused");
  assert.equal(client.opens, 0);
  const good = await s.client(node, { authToken: makeToken({ sub: "ann" }) }).join("room:1");
  assert.deepEqual(good.keys(), ["ann"]);
});

scene("the claim topics holds what may be joined", async (s) => {
  const node = await s.node({ settings, adminToken });
  const client = s.client(node, { authToken: makeToken({ sub: "ann", topics: ["room:*", "lobby"] }) });
  await client.join("room:1");
  await client.join("lobby");
  for (const topic of ["hall:1", "lobby:1"]) {
    const seat = client.seat(topic);
    await assert.rejects(seat.join(), { reason: "unauthorized" });
    seat.channel.leave();
  }
});

scene("with auth the page and the API ask for the admin token", async (s) => {
  const node = await s.node({ settings, adminToken });
  for (const path of ["/", "/api/topics", "/api/topics/room:1", "/api/info"]) {
    assert.equal((await node.get(path)).status, 200, path);
    node.adminToken = "wrong";
    assert.equal((await node.get(path)).status, 401, path);
    node.adminToken = adminToken;
  }
  node.adminToken = undefined;
  for (const path of ["/health", "/ready", "/metrics"]) assert.equal((await node.get(path)).status, 200, path);
});

const soon = (seconds) => Math.floor(Date.now() / 1000) + seconds;

scene("a session ends with its token, and phoenix.js comes back with a fresh one", async (s) => {
  const node = await s.node({ settings, adminToken });
  const given = [makeToken({ sub: "ann", exp: soon(2) }), makeToken({ sub: "ann" })];
  const client = s.client(node, { authToken: () => (given.length > 1 ? given.shift() : given[0]) });
  const ann = await client.join("room:1");
  await until(() => client.closes.length === 1, "the close");
  assert.deepEqual(client.closes, [3000]);
  await until(() => ann.states.length === 2, "it joins again");
  assert.deepEqual(ann.keys(), ["ann"]);
  assert.equal(await node.refusals("token_expired"), 1);
});

scene("a token that is handed in keeps the session, and no other member hears of it", async (s) => {
  const node = await s.node({ settings, adminToken });
  const bob = await s.client(node, { authToken: makeToken({ sub: "bob" }) }).join("room:1");
  const heard = bob.hear("access_token");
  const client = s.client(node, { authToken: makeToken({ sub: "ann", exp: soon(2) }) });
  const ann = await client.join("room:1");
  await bob.sees("ann", "bob");
  bob.forget();
  const hand = (token) => ann.push("access_token", { access_token: token });
  await assert.rejects(hand(makeToken({ sub: "bob" })), { reason: "unauthorized" });
  await assert.rejects(hand("x"), { reason: "unauthorized" });
  await hand(makeToken({ sub: "ann" }));
  // One who handed in nothing and came later is closed first.
  const late = s.client(node, { authToken: makeToken({ sub: "cat", exp: soon(3) }), ...forGood });
  await until(() => late.closes.length === 1, "the other session ends");
  assert.deepEqual([client.closes, client.opens, ann.errors], [[], 1, []]);
  assert.deepEqual([heard, bob.left()], [[], []]);
  await ann.push("presence:count");
});
