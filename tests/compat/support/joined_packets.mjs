// What a client in the main namespace may send, well and badly. Each entry is rounds of Engine.IO packets, those of a
// round in one write; `$0` stands for the id of the first question that the server asked. Where our server answers as the
// reference does to other packets, they are in `as`; where it answers as the reference never does, that is in `hears`.
const bytes = (...list) => Buffer.from(list);
const raw = String.raw;
const place = (num) => `{"_placeholder":true,"num":${num}}`;
const wrong = ["47"]; // no packet at all

const values = {
  "strings": [raw`42["echo","","é€😀","\u0041\u00e9\ud83d\ude00","\"\\\/\b\f\n\r\t\u0000\u001f\u007f\u2028"]`],
  "half a character": { sent: [raw`42["echo","\ud800"]`], as: ['42["echo","\ufffd"]'] },
  "integers": ['42["echo",0,-0,1,-1,9007199254740991,-9007199254740991]'],
  "fractions": ['42["echo",1.0,2.50,-0.001,0.1,0.30000000000000004,1.7976931348623157e308]'],
  "exponents": ['42["echo",1e2,1E+2,1e-7,1e-6,1e21,123456789012345680000,5e-324]'],
  "a number beyond all": { sent: ['42["echo",1e400]'], as: [wrong] },
  "literals": ['42["echo",true,false,null]'],
  "containers": ['42["echo",[],{},[[[]]],{"a":{"b":[{"c":null}]}}]'],
  "arrays in arrays, as deep as may be": [`42["echo",${"[".repeat(99)}${"]".repeat(99)}]`],
  "arrays in arrays, too deep": { sent: [`42["echo",${"[".repeat(100)}${"]".repeat(100)}]`], as: [wrong] },
  "keys that are numbers": { sent: ['42["echo",{"b":0,"2":1,"1":2}]'], hears: [['42["echo",{"b":0,"2":1,"1":2}]']] },
  "integers of 64 bits": { sent: ['42["echo",9007199254740993]'], hears: [['42["echo",9007199254740993]']] },
  "a key that comes twice": ['42["echo",{"a":1,"b":2,"a":3}]'],
  "keys of an object's prototype": ['42["echo",{"__proto__":1,"constructor":2,"toString":3}]'],
  "a placeholder without attachments": [`42["echo",${place(0)}]`],
  "blanks in the JSON": ['42[ "echo" ,\t1 ,{ "a" : [ ] } ]'],
  "a blank before the JSON": ['42 ["echo",1]'],
};

const events = {
  "an event": ['42["echo","a"]'],
  "an event without arguments": ['42["echo"]'],
  "an event that nobody handles": ['42["nobody",1]'],
  "an event by number": ["42[1,2]"],
  "an event with an empty name": ['42["",1]'],
  "the main namespace's name": ['42/,["echo",1]'],
  "many events in one go": [Array.from({ length: 100 }, (_, i) => `42["echo",${i}]`)],
  "a large event": [`42["echo","${"x".repeat(70_000)}"]`],
  "a volatile event": ['42["volatile","a"]'],
  "rooms": ['421["rooms"]', '422["join",["b","a"]]', '423["rooms"]', '424["leave","a"]', '425["rooms"]'],
  "events to a room": ['421["join",["own"]]', ['42["cast","own",{"a":1}]', '42["cast-others","own",2]', '42["cast","nobody",3]']],
};

const acknowledgements = {
  "an acknowledgement": ['421["echo","a",1]'],
  "an acknowledgement of nothing": ['420["echo"]'],
  "an id as large as may be": ['429007199254740991["echo"]'],
  "an id that is too large": { sent: ['429007199254740993["echo"]'], as: [wrong] },
  "an id with zeros in front": ['42007["echo"]'],
  "an id that is used twice": [['421["echo","a"]', '421["echo","b"]']],
  "an id that is never answered": [['422["never"]', '421["echo"]']],
  "an acknowledgement that is given twice": ['421["twice"]'],
  "an id for an event that nobody handles": ['421["nobody"]'],
  "an answer": ['42["ask","a"]', '43$0["b",{"c":1}]'],
  "answers in reverse": [['42["ask","a"]', '42["ask","b"]'], ['43$1["second"]', '43$0["first"]']],
  "an answer that comes twice": ['42["ask","a"]', ['43$0["b"]', '43$0["c"]']],
  "an answer without data": ['42["ask","a"]', "43$0[]"],
  "an answer with binary": ['42["ask","a"]', [`461-$0[${place(0)}]`, bytes(7, 8)]],
  "an answer to nothing": ['439000000["a"]'],
  "an answer to nothing, with binary": [[`461-9000000[${place(0)}]`, bytes(1)]],
  "an answer without an id": ['43["a"]'],
  "a room's question": ['421["join",["asked"]]', '42["cast-ask","asked"]', '43$0["an answer"]'],
};

const binary = {
  "binary": [[`451-["echo",${place(0)}]`, bytes(1, 2, 255)]],
  "binary of no bytes": [[`451-["echo",${place(0)}]`, bytes()]],
  "binary that is nested": [[`452-["echo",{"a":[${place(0)}]},[[${place(1)}]]]`, bytes(1), bytes(2)]],
  "binary out of order": [[`452-["echo",${place(1)},${place(0)}]`, bytes(1), bytes(2)]],
  "binary with an acknowledgement": [[`451-7["echo",${place(0)}]`, bytes(1)]],
  "an attachment that is named twice": [[`451-["echo",${place(0)},${place(0)}]`, bytes(1)]],
  "an attachment that is not named": [[`452-["echo",${place(0)}]`, bytes(1), bytes(2)]],
  "as many attachments as may be": [[`4510-["echo",${place(9)}]`, ...Array.from({ length: 10 }, (_, i) => bytes(i))]],
  "binary between text": [['42["echo",1]', `451-["echo",${place(0)}]`, bytes(1), '42["echo",2]']],
  "a placeholder that says more": [['451-["echo",{"num":0,"_placeholder":true,"more":1}]', bytes(1)]],
  "what is no placeholder": [['451-["echo",{"_placeholder":false,"num":0},{"_placeholder":1,"num":0}]', bytes(1)]],
};

const wrongTypes = {
  "an empty message": ["4"],
  "a type that is none": ["47"],
  "a type that is a letter": ["4a"],
  "a type that is a blank": ["4 "],
  "a refusal, which is the server's to give": ['44{"message":"no"}'],
  "a refusal as text": ['44"no"'],
  "a refusal of a number": ["441"],
  "a CONNECT that is an array": ["40[]"],
  "a CONNECT that is text": ['40"a"'],
  "a CONNECT that is null": ["40null"],
  "a CONNECT that is no JSON": ["40{"],
  "a second CONNECT": ['42["echo",1]', "40"],
  "DISCONNECT with data": ["41{}"],
  "DISCONNECT from a namespace that was not joined": ["41/chat,"],
};

const wrongData = {
  "no JSON": ['42["echo"'],
  "something behind the JSON": ['42["echo"]x'],
  "an event that is an object": ['42{"a":1}'],
  "an event that is text": ['42"echo"'],
  "an event that is null": ["42null"],
  "an event without data": ["42"],
  "an event of no elements": ["42[]"],
  "an event by null": ["42[null]"],
  "an event by an object": ["42[{}]"],
  "an event by true": ["42[true]"],
  "an id that is negative": ['42-1["echo"]'],
  "an id with a fraction": ['421.5["echo"]'],
  "an answer that is no array": ['431{"a":1}'],
  "an answer without an array": ["431"],
  "a namespace without its comma": ['42/chat["echo"]'],
  "a namespace that was not joined": ['42/chat,["echo"]'],
  "an answer in a namespace that was not joined": ['43/chat,1["a"]'],
};
for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
  wrongData[`an event by the reserved name ${name}`] = [`42["${name}",1]`];

const wrongBinary = {
  "binary without its packet": [[bytes(1)]],
  "text in place of an attachment": [[`451-["echo",${place(0)}]`, '42["echo"]']],
  "an attachment too many": {
    sent: [[`451-["echo",${place(0)}]`, bytes(1), bytes(2)]],
    as: [[`451-["echo",${place(0)}]`, bytes(1)], [bytes(2)]],
  },
  "a placeholder beyond the attachments": [[`451-["echo",${place(1)}]`, bytes(1)]],
  "a placeholder below the attachments": [[`451-["echo",${place(-1)}]`, bytes(1)]],
  "a placeholder with a fraction": { sent: [[`451-["echo",${place(0.5)}]`, bytes(1)]], as: [wrong] },
  "a placeholder by text": [[`451-["echo",${place('"0"')}]`, bytes(1)]],
  "a placeholder without a number": [['451-["echo",{"_placeholder":true}]', bytes(1)]],
  "no attachments": ['450-["echo"]'],
  "attachments without a number": ['45-["echo"]'],
  "attachments without a dash": ['451["echo"]'],
  "attachments with a fraction": ['451.5-["echo"]'],
  "attachments below none": ['45-1-["echo"]'],
  "more attachments than may be": ['4511-["echo"]'],
  "more attachments than can be counted": ['4599999999999999999999-["echo"]'],
  "an answer with binary, and no attachment": ['460-1["a"]'],
};

const engineio = {
  "a client's ping": ["2"],
  "a client's pong": ["3"],
  "a probe": ["2probe"],
  "an open packet": ["0"],
  "an upgrade packet": ["5"],
  "a noop": ["6"],
  "an Engine.IO packet that is none": ["7"],
};

export const joinedPackets = {
  ...values,
  ...events,
  ...acknowledgements,
  ...binary,
  ...wrongTypes,
  ...wrongData,
  ...wrongBinary,
  ...engineio,
};
