// Tokens (JWT, HS256) as an application would make them.
import { createHmac } from "node:crypto";

export const secret = "a-secret-of-32-bytes-or-some-more";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function makeToken(claims, key = secret) {
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ exp: now + 3600, ...claims })}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}
