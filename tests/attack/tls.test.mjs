// What strangers do to a node that serves TLS.
import { join } from "node:path";
import { makeCertificates } from "../e2e/support/certificates.mjs";
import { attack } from "./support/attack.mjs";

const secured = (s) => {
  const folder = makeCertificates(s, "localhost");
  return {
    secure: true,
    scheme: "wss",
    settings: {
      "gateway.handshake-timeout-ms": 1000,
      "gateway.tls-certificate-file": join(folder, "localhost.crt"),
      "gateway.tls-key-file": join(folder, "localhost.key"),
    },
  };
};

attack("a flood of TLS handshakes leaves time for the others", "../attacks/tls.mjs", "handshakes", { prepare: secured });
attack("TLS handshakes that stop in the middle hold nobody up", "../attacks/tls.mjs", "halfHandshakes", { prepare: secured });
attack("records that are no TLS hold nobody up", "../attacks/tls.mjs", "oddRecords", { prepare: secured, isLong: true });
attack("a flood of heartbeats over TLS leaves time for the others", "../attacks/websocket.mjs", "floodOfHeartbeats",
  { prepare: secured, isLong: true });
attack("clients that never read over TLS do not hold memory", "../attacks/websocket.mjs", "neverRead",
  { prepare: secured, more: { clients: 40 }, isLong: true });
