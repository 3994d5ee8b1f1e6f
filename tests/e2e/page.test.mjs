// The live page in headless Chromium.
import assert from "node:assert/strict";
import { agree } from "./support/client.mjs";
import { Browser } from "./support/browser.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const topic = "room:lobby";

// So many pages of a node, in one browser.
async function open(s, node, count = 1) {
  const browser = await Browser.start();
  s.later(() => browser.stop());
  const pages = [];
  while (pages.length < count)
    pages.push(await browser.open(`${node.url}/`));
  return pages;
}

// A node, and bob in its lobby.
async function lobby(s) {
  const node = await s.node();
  return { node, bob: await s.join(node, "bob", topic) };
}

const shows = (page, ...keys) => until(async () => {
  const people = await page.people();
  return JSON.stringify(people.sort()) === JSON.stringify(keys.sort());
}, `the page shows ${keys}`, { describe: () => page.people() });

const tells = (page, line) => until(async () => (await page.feed()).includes(line), `the page tells: ${line}`,
  { describe: () => page.feed() });

scene("the page shows a topic, and joins, updates and leaves as they happen", async (s) => {
  const node = await s.node();
  const ann = await s.join(node, "ann", topic, { meta: { status: "online" } });
  const [page] = await open(s, node);
  await page.connected();
  await page.page.click("#topics button"); // The only topic there is.
  await shows(page, "ann");
  assert.match(await page.person("ann").textContent(), /status: online/);
  const bob = await s.join(node, "bob", topic);
  await shows(page, "ann", "bob");
  await tells(page, "joined bob");
  await ann.update({ status: "away" });
  await tells(page, "updated ann");
  assert.match(await page.person("ann").textContent(), /status: away/);
  await bob.leave();
  await shows(page, "ann");
  await tells(page, "left bob");
  assert.deepEqual(await page.feed(), ["joined bob", "updated ann", "left bob"]);
  assert.deepEqual(Object.keys(await node.list(topic)), ["ann"]);
  assert.deepEqual(page.complaints, []);
});

scene("the page asks nobody but the node", async (s) => {
  const node = await s.node();
  const [page] = await open(s, node);
  await page.connected();
  await page.watch(topic);
  const elsewhere = page.requests.filter((url) => new URL(url).host !== `127.0.0.1:${node.port}`);
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(page.complaints, []);
});

scene("somebody joins, changes and leaves by the page", async (s) => {
  const { node, bob } = await lobby(s);
  const [page] = await open(s, node);
  await page.connected();
  await page.join(topic, "ann", { status: "online" });
  await bob.sees("ann", "bob");
  await shows(page, "ann", "bob");
  const seat = page.seat("ann");
  await seat.locator(".meta").fill('{"status": "away"}');
  await seat.locator(".update").click();
  await until(() => bob.metas("ann")[0]?.status === "away", "the change");
  assert.deepEqual(bob.left(), []);
  await seat.locator(".leave").click();
  await bob.sees("bob");
  await shows(page, "bob");
  await agree(node, topic, bob);
  assert.deepEqual(page.complaints, []);
});

scene("two tabs of one user are one person on two devices", async (s) => {
  const { node, bob } = await lobby(s);
  const [first, second] = await open(s, node, 2);
  await first.join(topic, "ann", { tab: 1 });
  await second.join(topic, "ann", { tab: 2 });
  await until(() => bob.metas("ann").length === 2, "two metas");
  await shows(first, "ann", "bob");
  await until(async () => /on 2 devices/.test(await first.person("ann").textContent()), "two devices");
  await second.page.close();
  await until(() => bob.metas("ann").length === 1, "one meta");
  assert.equal(bob.metas("ann")[0].tab, 1);
  assert.deepEqual(bob.left(), []);
  await tells(first, "left ann (one device)");
  await shows(first, "ann", "bob");
  await agree(node, topic, bob);
  assert.deepEqual(first.complaints, []);
});

scene("a tab that is closed, and one that crashes, leave", async (s) => {
  const { node, bob } = await lobby(s);
  const [closes, crashes] = await open(s, node, 2);
  await closes.join(topic, "ann");
  await crashes.join(topic, "cat");
  await bob.sees("ann", "bob", "cat");
  await closes.page.close();
  await bob.sees("bob", "cat");
  crashes.page.goto("chrome://crash").catch(() => {}); // Never answers.
  await bob.sees("bob");
  await agree(node, topic, bob);
});

scene("a whole browser that ends leaves", async (s) => {
  const { node, bob } = await lobby(s);
  const chromium = await Browser.start();
  const page = await chromium.open(`${node.url}/`);
  await page.join(topic, "ann");
  await bob.sees("ann", "bob");
  await chromium.stop();
  await bob.sees("bob");
});

scene("after a restart of the node the page comes back by itself", async (s) => {
  const { node, bob } = await lobby(s);
  const [page] = await open(s, node);
  await page.join(topic, "ann", { status: "online" });
  await shows(page, "ann", "bob");
  await node.stop("SIGKILL");
  await page.page.locator("#connection[data-state=connecting]").waitFor();
  await node.start();
  await page.connected();
  await until(() => bob.states.length === 2, "bob is back");
  await bob.sees("ann", "bob");
  await shows(page, "ann", "bob");
  const cat = await s.join(node, "cat", topic);
  await shows(page, "ann", "bob", "cat");
  await agree(node, topic, bob, cat);
});

scene("what clients call themselves is text on the page, never markup", async (s) => {
  const node = await s.node();
  const name = "<img src=x onerror=\"document.title='caught'\">";
  await s.join(node, name, topic, { meta: { "<b>": name } });
  const [page] = await open(s, node);
  await page.connected();
  await page.watch(topic);
  await shows(page, name);
  assert.equal(await page.page.locator("#people img, #people b").count(), 0);
  assert.equal(await page.page.title(), "Rollcall");
  assert.deepEqual(page.complaints, []);
});
