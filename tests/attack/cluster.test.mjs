// What strangers, and peers with a certificate, do to the port of the cluster.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates, tls } from "../e2e/support/certificates.mjs";
import { attack } from "./support/attack.mjs";
import { freePort } from "./support/free_port.mjs";

const file = "../attacks/cluster.mjs";

const plain = async () => ({ settings: { "node-name": "a", "cluster.listen": `127.0.0.1:${await freePort()}` } });

// The attacker has a certificate of the same authority.
async function certified(s) {
  const folder = makeCertificates(s, "a", "c");
  const own = (name) => readFileSync(join(folder, name));
  const { settings } = await plain();
  return {
    settings: { ...settings, ...tls(folder, "a") },
    more: { tls: { secure: true, cert: own("c.crt").toString(), key: own("c.key").toString(), ca: own("ca.crt").toString() } },
  };
}

// What comes after a link's handshake must have come that far.
const linked = { more: { goal: "linked" }, judge: (report) => assert.ok(report.linked > 0, "they had a link") };
const stranger = { ...linked, prepare: plain };
const peer = { ...linked, prepare: certified };

attack("messages of types that no peer sends do no harm", file, "strangeTypes", stranger);
attack("nor do those of a peer with a certificate", file, "strangeTypes", peer);
attack("messages nested 60 000 deep do no harm", file, "nestedMessages", stranger);
attack("nor do nested ones of a peer with a certificate", file, "nestedMessages", { ...peer, isLong: true });
attack("lengths of 4 GB do no harm", file, "hugeLengths", stranger);
attack("nor do those lengths of a peer with a certificate", file, "hugeLengths", { ...peer, isLong: true });
attack("frames with wrong headers end their link and nothing else", file, "strangeFrames", stranger);
attack("first bytes of a link may be anything", file, "hellos", { prepare: plain });
