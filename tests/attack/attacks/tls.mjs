// Attacks on a node that serves TLS.
import { comeAndGo } from "./http.mjs";
import { crowd, pause, Stranger } from "../support/stranger.mjs";

// Handshakes, and nothing after them.
export const handshakes = (target) => comeAndGo(target, 8);

// The first bytes of a TLS 1.2 handshake, as far as they go.
const clientHello = Buffer.from(`16030100${"31"}010000${"2d"}0303${"5a".repeat(32)}000006c02fc030009c0100`, "hex");

// Handshakes that stop in the middle and stay open.
export async function halfHandshakes(target) {
  const count = await crowd(target, 200, async (index) => {
    const stranger = await Stranger.open(target, { secure: false });
    stranger.write(clientHello.subarray(0, 1 + index % clientHello.length));
    await Promise.race([stranger.closed, pause(300)]);
    stranger.end();
  });
  return { count };
}

// Records that say that they are large.
export async function oddRecords(target) {
  const records = ["1603010000", "16030140ff", "1603ffffff", "1503010002022a", "170303ffff", "140301000101", "8080010301"];
  let next = 0;
  const count = await crowd(target, 16, async () => {
    const stranger = await Stranger.open(target, { secure: false });
    const bytes = Buffer.from(records[next++ % records.length], "hex");
    stranger.write(Buffer.concat([bytes, Buffer.alloc(20_000, next)]));
    await Promise.race([stranger.closed, pause(20)]);
    stranger.end();
  });
  return { count };
}
