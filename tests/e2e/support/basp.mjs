// Speaks as a peer does, down to the frames of CAF's distribution layer, to say
// what no node would.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { connect as connectTls } from "node:tls";
import { within } from "./wait.mjs";

const header = (operation, payload, { data = 0n, source = 0n, target = 0n } = {}) => {
  const bytes = Buffer.alloc(32);
  bytes[0] = operation;
  bytes.writeUInt32BE(payload.length, 4);
  bytes.writeBigUInt64BE(data, 8);
  bytes.writeBigUInt64BE(source, 16);
  bytes.writeBigUInt64BE(target, 24);
  return Buffer.concat([bytes, payload]);
};

export const messageHead = (types) => Buffer.concat([Buffer.from([0, 0, types.length]), Buffer.from(types)]);

export class BaspPeer {
  // `folder` and `name` choose a certificate; without there is no TLS.
  static async open(address, folder, name) {
    const peer = new BaspPeer();
    const [host, port] = address.split(":");
    const file = (end) => readFileSync(`${folder}/${end}`);
    peer.socket = folder
      ? connectTls({ host, port, ca: file("ca.crt"), cert: file(`${name}.crt`), key: file(`${name}.key`), checkServerIdentity: () => undefined })
      : net.connect(port, host);
    peer.closed = new Promise((done) => peer.socket.on("close", done));
    peer.socket.on("error", () => {});
    peer.socket.on("data", (bytes) => { peer.heard = Buffer.concat([peer.heard, bytes]); peer.wake?.(); });
    await peer.greet();
    return peer;
  }

  heard = Buffer.alloc(0);

  async read(size) {
    while (this.heard.length < size) {
      const more = new Promise((done) => { this.wake = () => done(true); });
      if (!await within(Promise.race([more, this.closed.then(() => false)]), "the node answers")) throw new Error("the node closed");
    }
    const bytes = this.heard.subarray(0, size);
    this.heard = this.heard.subarray(size);
    return bytes;
  }

  // Hello, then the handshakes, so that the node takes this for a link.
  async greet() {
    const key = Buffer.concat([Buffer.from("00003e9aab9bac79000010ff", "hex"), randomBytes(20)]);
    this.socket.write(Buffer.concat([Buffer.from("rollcall"), Buffer.from([1, 0]), Buffer.alloc(6), key]));
    const hello = await this.read(48);
    if (hello[9] !== 0) throw new Error(`refused: ${hello[9]}`);
    const payload = await this.read((await this.read(32)).readUInt32BE(4));
    this.published = payload.readBigUInt64BE(payload.length - 9); // An empty interface is behind it.
    this.socket.write(header(1, key));
  }

  say(payload) {
    this.socket.write(header(2, payload, { data: 1n << 60n, source: 1n, target: this.published }));
  }
}
