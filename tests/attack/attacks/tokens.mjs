// Tokens that must not open a node.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { crowd, Stranger } from "../support/stranger.mjs";

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const soon = Math.floor(Date.now() / 1000) + 3600;
const hs256 = { alg: "HS256", typ: "JWT" };
const ann = { sub: "ann", exp: soon };

function hmac(header, claims, key, hash = "sha256") {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
}

function forged(secret) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = `${part({ alg: "RS256" })}.${part(ann)}`;
  const good = hmac(hs256, ann, secret);
  const [head, claims, signature] = good.split(".");
  return [
    ...["none", "None", "NONE", "nOnE", ""].flatMap((alg) => {
      const text = `${part({ alg })}.${part(ann)}`;
      return [text, `${text}.`, `${text}.${signature}`];
    }),
    hmac(hs256, ann, "another secret of 32 bytes or more"), hmac(hs256, ann, ""), hmac({ alg: "HS384" }, ann, secret, "sha384"),
    hmac({ alg: "HS512" }, ann, secret, "sha512"), hmac({}, ann, secret), hmac({ alg: ["HS256"] }, ann, secret),
    hmac({ alg: "HS256", alg2: "none", jwk: { kty: "oct", k: "" } }, ann, "x"), hmac({ alg: "HS256", jku: "http://127.0.0.1/" }, ann, "x"),
    hmac({ alg: "HS256", kid: "/dev/null" }, ann, ""), hmac({ ...hs256, crit: ["exp2"], exp2: 1 }, ann, secret),
    `${rsa}.${sign("sha256", Buffer.from(rsa), privateKey).toString("base64url")}`,
    hmac({ alg: "RS256" }, ann, publicKey.export({ type: "spki", format: "pem" })),
    hmac(hs256, { ...ann, exp: soon - 7200 }, secret), hmac(hs256, { sub: "ann" }, secret), hmac(hs256, { ...ann, nbf: soon }, secret),
    hmac(hs256, { ...ann, exp: `${soon}` }, secret), hmac(hs256, { ...ann, exp: null }, secret), hmac(hs256, { exp: soon }, secret),
    hmac(hs256, { ...ann, sub: "" }, secret), hmac(hs256, { ...ann, sub: 1 }, secret), hmac(hs256, { ...ann, sub: "a".repeat(256) }, secret),
    hmac(hs256, { ...ann, topics: "room:*" }, secret), hmac(hs256, [], secret), hmac(hs256, "not json", secret), hmac(hs256, "", secret),
    hmac("not json", ann, secret), `${head}.${claims}.`, `${head}.${claims}`, `${head}..${signature}`, `.${claims}.${signature}`, "", ".", "..",
    `${good}x`, `${good}.x`, ` ${good}x`, `${head}.${part({ ...ann, sub: "root" })}.${signature}`, "a".repeat(7000), `${"a.".repeat(3000)}`,
    `${head}.${claims}.${Buffer.alloc(32).toString("base64url")}`, `${head}.${"=".repeat(100)}.${signature}`, "%00", "é",
  ];
}

export async function tokens(target) {
  const all = forged(target.secret);
  let next = 0;
  const taken = new Set();
  const count = await crowd(target, 6, async () => {
    const token = all[next++ % all.length];
    const stranger = await Stranger.upgrade({ ...target, query: "" }, { query: `&token=${encodeURIComponent(token)}` });
    if (stranger.head.startsWith("HTTP/1.1 101")) taken.add(token);
    stranger.end();
  });
  return { count, kinds: all.length, taken: [...taken] };
}
