// Frames and messages that are wrong, one a connection.
import { crowd, frame, message, pause, Stranger } from "../support/stranger.mjs";

const bytes = (...values) => Buffer.from(values);
const text = (value, options) => frame(value, options);
const binary = (...values) => frame(bytes(...values), { opcode: 2 });
const join = (payload, topic = "room:odd") => text(`["1","1",${JSON.stringify(topic)},"phx_join",${payload}]`);

// Against RFC 6455.
const framing = [
  frame("a", { masked: false }), frame("a", { rsv: 4 }), frame("a", { rsv: 2 }), frame("a", { rsv: 1 }), frame("a", { rsv: 7 }),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => frame("a", { opcode })),
  frame("a", { opcode: 0 }), frame("a", { opcode: 9, fin: false }), frame("x".repeat(126), { opcode: 9 }),
  frame("x".repeat(126), { opcode: 8 }), frame("x", { opcode: 8 }), frame(bytes(3, 232), { opcode: 8 }),
  frame(bytes(3, 237), { opcode: 8 }), frame(bytes(0, 0), { opcode: 8 }), frame(bytes(255, 255), { opcode: 8 }),
  frame(bytes(3, 232, 255), { opcode: 8 }), frame("", { opcode: 8 }),
  frame("a", { length: 2 ** 31 }), frame("a", { length: 2n ** 63n - 1n }), frame("a", { length: 2n ** 64n - 1n }),
  frame("a", { opcode: 2, length: 70_000 }), Buffer.concat([frame("a", { fin: false }), frame("b")]),
  Buffer.concat([frame("a", { fin: false }), frame("b", { opcode: 8 })]),
  // A length in more bytes than it needs.
  Buffer.concat([bytes(0x81, 0xfe, 0, 1, 0, 0, 0, 0), bytes(0x41)]),
  Buffer.concat([bytes(0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0), bytes(0x41)]),
  bytes(0x81), bytes(0x81, 0xff, 255), Buffer.alloc(5000, 0xff), Buffer.alloc(5000),
];

// Against the protocol.
const messages = [
  "", " ", "null", "{}", "[]", "[1]", '"x"', "[1,2,3,4]", '["1","2","room:odd","e"]', '["1","2",3,"e",{}]', '["1","2","t",null,{}]',
  '["1","2","t","e",{}', '["1","2","t","e",{}]]', '["1","2","t","e",{}],', '["1","2","t","e",{"a":01}]', '["1","2","t","e",{"a":.5}]',
  '["1","2","t","e",{"a":1.}]', '["1","2","t","e",{"a":+1}]', '["1","2","t","e",{"a":NaN}]', '["1","2","t","e",{"a":"\u0001"}]',
  '["1","2","t","e",{"a":"\\x"}]', '["1","2","t","e",{"a":"\\u12"}]', '["1","2","t","e",{a:1}]', "[\"1\",\"2\",\"t\",\"e\",{'a':1}]",
  '["1","2","t","e",{"a":1,}]', '["1","2","t","e",[1,2,]]', '["1","2","t","e",{"a":1e999999}]', '["1","2","t","e",// x\n{}]',
  '["1","2","t","e",{"a":tru}]', `["1","2","t","e",${"9".repeat(5000)}]`, `["1","2","t","e","${"\\u0000".repeat(1000)}"]`,
  `[${"[".repeat(30_000)}`, `["1","2","t","e",${"[".repeat(30_000)}${"]".repeat(30_000)}]`,
  `["1","2","t","e",${'{"a":'.repeat(8000)}1${"}".repeat(8000)}]`, `["1","2","t","e",{${'"a":1,'.repeat(9000)}"a":1}]`,
  `["1","2","t","${"e".repeat(300)}",{}]`, `["1","2","${"t".repeat(300)}","e",{}]`, `["${"j".repeat(300)}","2","t","e",{}]`,
  `["1","${"r".repeat(300)}","t","e",{}]`, '[{"a":[]},[1,2],"t","e",{}]', '["1","2","","e",{}]', '["1","2","t","",{}]',
  '["1","2","\\ud800","e",{}]', '["1","2","t\\u0000","phx_join",{}]', '[null,null,"phoenix","heartbeat",null]',
  '[null,null,"phoenix","phx_join",{}]', '["1","1","room:odd","phx_error",{}]', '["1","1","room:odd","phx_close",{}]',
  '["1","1","room:odd","phx_reply",{"status":"ok","response":{}}]', '["1","1","room:odd","presence_diff",{}]',
  '["1","1","room:odd","presence_state",{}]', '["9","1","room:odd","phx_leave",{}]', '["1","1","room:odd","presence:update",[]]',
  '["1","1","room:odd","presence:update",{"meta":1}]', '["1","1","room:odd","presence:update",{}]',
].map((value) => text(value));

const joins = [
  "null", "[]", "1", '"x"', '{"key":null}', '{"key":{}}', '{"key":""}', `{"key":"${"k".repeat(256)}"}`, '{"key":1.5}', '{"key":-1}',
  '{"track":1}', '{"meta":[]}', '{"meta":null}', '{"meta":"x"}', `{"meta":{"a":"${"x".repeat(5000)}"}}`, '{"meta":{"phx_ref":"x"}}',
  '{"meta":{"a":1,"a":2}}', '{"m\\u0065ta":{"a":1},"meta":{}}', '{"meta":{"":{}}}', '{"key":"\\u0000"}', '{"key":"\\ud800"}',
  `{"meta":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`, '{"__proto__":{"key":"x"}}',
].map((payload) => join(payload));

const binaries = [
  binary(), binary(0), binary(1), binary(2), binary(255), binary(0, 255, 255, 255, 255), binary(0, 1, 1, 4, 1, 49),
  binary(0, 0, 0, 0, 0), binary(0, 1, 1, 1, 1, 255, 254, 253, 252), binary(0, 1, 1, 8, 8, 49, 49), binary(9, 9, 9),
  frame(Buffer.concat([bytes(0, 1, 1, 8, 8), Buffer.from("11room:oddphx_join{}")]), { opcode: 2 }),
  frame(Buffer.concat([bytes(0, 1, 1, 8, 9), Buffer.from("11room:oddphx_leave")]), { opcode: 2 }),
  frame(Buffer.alloc(65_537), { opcode: 2 }),
];

const notUtf8 = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf], [0xe2, 0x82]].map((bad) =>
  text(Buffer.concat([Buffer.from('["1","2","room:odd","e",{"a":"'), Buffer.from(bad), Buffer.from('"}]')])));

export const cases = [...framing, ...messages, ...joins, ...binaries, ...notUtf8];

export async function malformed(target) {
  let next = 0;
  const count = await crowd(target, 12, async () => {
    const stranger = await Stranger.upgrade(target);
    stranger.write(message("0", "0", "room:odd", "phx_join", {}));
    stranger.write(cases[next++ % cases.length]);
    await Promise.race([stranger.closed, pause(50)]);
    stranger.end();
  });
  return { count, cases: cases.length };
}
