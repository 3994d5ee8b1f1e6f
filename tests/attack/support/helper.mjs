// Another process of the suite, spoken to by messages.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { within } from "../../e2e/support/wait.mjs";

export class Helper {
  constructor(file) {
    this.child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.ended = new Promise((done) => this.child.on("exit", done));
  }

  // Sends an order; resolves with the next message.
  ask(order, what, ms) {
    const answered = new Promise((done, fail) => {
      const listen = (verb) => this.child[verb]("message", hear)[verb]("exit", end);
      const hear = (answer) => {
        listen("off");
        if (answer.failed) fail(new Error(answer.failed));
        else done(answer);
      };
      const end = (code) => fail(new Error(`ended with ${code}: ${what}`));
      listen("on");
    });
    this.child.send(order);
    return within(answered, what, ms);
  }

  async end() {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
