// What strangers do to a node that asks for a token.
import assert from "node:assert/strict";
import { makeToken, secret } from "../e2e/support/token.mjs";
import { attack } from "./support/attack.mjs";

const locked = {
  adminToken: "an-admin-token-of-some-length",
  query: `&token=${makeToken({ sub: "canary" })}`,
  settings: { "auth.hs256-secret": secret },
};

attack("tokens that nobody signed do not open a node", "../attacks/tokens.mjs", "tokens",
  { ...locked, more: { secret }, judge: ({ kinds, taken }) => assert.ok(kinds > 45 && taken.length === 0, `taken: ${taken}`) });
attack("guesses of the admin token do not succeed and hold nobody up", "../attacks/http.mjs", "guessToken",
  { ...locked, judge: ({ taken, count }, { node }) => {
    assert.ok(taken === 0, "no guess is taken");
    const lines = node.log.split("\n").filter((line) => line.includes("wrong admin token from")).length;
    assert.ok(lines > 0 && lines < count, `${lines} lines in the log of ${count} guesses`);
  } });
