// Headless Chromium, with all that pages complain about.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { deadlineMs } from "./wait.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export class Browser {
  // With a folder of its own, which goes with it.
  static async start() {
    if (!existsSync(executablePath))
      throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to its path`);
    const browser = new Browser();
    browser.folder = await mkdtemp(join(tmpdir(), "rollcall-chromium-"));
    browser.context = await chromium.launchPersistentContext(browser.folder,
      { executablePath, args, headless: true, timeout: 60_000, viewport: { width: 1280, height: 900 } });
    browser.context.setDefaultTimeout(deadlineMs);
    return browser;
  }

  // The page of a node in a browser of its own, until the scene ends.
  static async openOn(s, node) {
    const browser = await Browser.start();
    s.later(() => browser.stop());
    return browser.open(`${node.url}/${node.adminToken ? `?token=${node.adminToken}` : ""}`);
  }

  async stop() {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async open(url) {
    const page = new Page(await this.context.newPage());
    await page.page.goto(url);
    return page;
  }
}

// The live page, by what a person does and sees.
export class Page {
  constructor(page) {
    this.page = page;
    this.complaints = [];
    this.requests = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (wrong) => this.complaints.push(String(wrong)));
    page.on("request", (request) => this.requests.push(request.url()));
  }

  connected() { return this.page.locator("#connection[data-state=open]").waitFor(); }

  async watch(topic) {
    await this.page.fill("#open-topic", topic);
    await this.page.click("#open button");
  }

  async join(topic, key, meta = {}) {
    await this.page.fill("#join-topic", topic);
    await this.page.fill("#join-key", key);
    await this.page.fill("#join-meta", JSON.stringify(meta));
    await this.page.click("#join button");
    await this.seat(key).waitFor();
  }

  seat(key) { return this.page.locator("#seats li", { hasText: key }).last(); }

  // Keys as the list of people shows them.
  people() { return this.page.locator("#people strong").allTextContents(); }
  person(key) { return this.page.locator("#people li", { hasText: key }); }

  // The feed, oldest line first, as "joined bob".
  async feed() {
    const lines = await this.page.locator("#feed li").evaluateAll((items) =>
      items.map((item) => `${item.querySelector(".what").textContent} ${item.querySelector(".name").textContent}`));
    return lines.reverse();
  }
}
