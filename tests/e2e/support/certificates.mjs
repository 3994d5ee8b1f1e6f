// Certificates for nodes, made by the script that is shipped.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const makeTestCa = fileURLToPath(new URL("../../../config/cluster/make-test-ca", import.meta.url));

// An authority of its own and a certificate for each name, in a folder that goes
// with the scene.
export function makeCertificates(s, ...names) {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-ca-"));
  s.later(() => rmSync(folder, { recursive: true }));
  execFileSync(makeTestCa, [folder, ...names], { stdio: "pipe" });
  return folder;
}

// The settings of a node with the certificate of that name.
export const tls = (folder, name) => ({
  "cluster.certificate-file": join(folder, `${name}.crt`),
  "cluster.key-file": join(folder, `${name}.key`),
  "cluster.authority-file": join(folder, "ca.crt"),
});
