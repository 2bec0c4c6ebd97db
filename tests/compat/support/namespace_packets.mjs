// How clients come to namespaces, and leave them: rounds of Engine.IO packets, as in joined_packets.mjs.
const bytes = (...list) => Buffer.from(list);
const place = '{"_placeholder":true,"num":0}';

const connects = {
  "nothing but a refused namespace": ["40/nowhere,"],
  "CONNECT": ["40"],
  "CONNECT with auth": ['40{"token":"word","list":[1,{"a":null}]}'],
  "CONNECT with an empty auth": ["40{}"],
  "CONNECT by the main namespace's name": ["40/,"],
  "CONNECT to another namespace alone": ["40/chat,"],
  "CONNECT without the comma": ["40/chat"],
  "CONNECT with auth, to another namespace": ['40/chat,{"token":"a,b"}'],
  "CONNECT with an id": ["401"],
  "CONNECT to a namespace of a parent": ["40/dynamic-1,"],
  "CONNECT to several namespaces": [["40", "40/chat,", "40/dynamic-1,", "40/dynamic-2,"]],
  "CONNECT to one that is there and one that is not": { sent: [["40", "40/nowhere,"]], as: ["40", "40/nowhere,"] },
  "CONNECT with a query": ["40/chat?token=a,"],
  "CONNECT to a namespace in capitals": ["40/CHAT,"],
  "CONNECT to a namespace with a slash behind": ["40/chat/,"],
  "CONNECT to a namespace with two slashes": ["40//chat,"],
  "CONNECT to a namespace without a slash": ["40chat,"],
  "CONNECT to a namespace in other letters": ["40/привет,"],
  "CONNECT to a namespace with quotes": ['40/a"b\\,'],
  "CONNECT twice in a row": { sent: [["40", "40"]], as: ["40"] },
  "CONNECT twice in a row, to another namespace": { sent: [["40/chat,", "40/chat,"]], as: ["40/chat,"] },
  "CONNECT with an event behind it": { sent: [["40", '42["echo",1]']], as: ["40", '42["echo",1]'] },
};

const middlewares = {
  "a refusal by a middleware": ["40/guarded,"],
  "a refusal with data": ['40/guarded,{"token":"old"}'],
  "a refusal, and then the word": ['40/guarded,{"token":"no"}', '40/guarded,{"token":"secret"}', '42/guarded,1["echo"]'],
  "an event for a namespace that refused": ["40/guarded,", '42/guarded,["echo"]'],
};

const ahead = {
  "an event ahead of CONNECT": ['42["echo"]'],
  "an answer ahead of CONNECT": ["430[]"],
  "DISCONNECT ahead of CONNECT": ["41"],
  "binary ahead of CONNECT": [[`451-["echo",${place}]`, bytes(1)]],
  "an empty message ahead of CONNECT": ["4"],
  "a blank message ahead of CONNECT": { sent: ["4 "], as: ["47"] },
  "no packet ahead of CONNECT": ["4abc"],
};

const besides = {
  "the same event in several namespaces": [["40", "40/chat,"], ['42["echo",1]', '42/chat,["echo",2]', '42/chat,1["echo",3]']],
  "binary in another namespace": ["40/chat,", [`451-/chat,["echo",${place}]`, bytes(1)]],
  "binary with an id in another namespace": ["40/chat,", [`451-/chat,5["echo",${place}]`, bytes(1)]],
  "a question in another namespace": ["40/chat,", '42/chat,["ask",1]', '43/chat,$0["a"]'],
  "rooms of two namespaces": [["40", "40/chat,"], ['421["join",["tea"]]', '42/chat,["cast","tea",1]', '42["cast","tea",2]']],
};

const departures = {
  "DISCONNECT": ["40", "41"],
  "DISCONNECT from one of two": [["40", "40/chat,"], "41/chat,", '42["echo",1]', '42/chat,["echo",1]'],
  "DISCONNECT and CONNECT": ["40", "41", "40", '42["echo",1]'],
  "DISCONNECT and CONNECT in one go": { sent: ["40", ["41", "40"], '42["echo",1]'], as: ["40", "41", "40", '42["echo",1]'] },
  "an event ahead of DISCONNECT in one go": { sent: ["40", ['42["echo",1]', "41"]], as: ["40", '42["echo",1]', "41"] },
  "DISCONNECT twice": ["40", "41", "41"],
  "DISCONNECT twice in one go": { sent: ["40", ["41", "41"]], as: ["40", "41", "41"] },
  "an event behind DISCONNECT": ["40", "41", '42["echo",1]'],
  "an event behind DISCONNECT in one go": { sent: ["40", ["41", '42["echo",1]']], as: ["40", "41", '42["echo",1]'] },
  "being disconnected": ["40", '42["kick",false]'],
  "being disconnected from one of two": [["40", "40/chat,"], '42/chat,["kick",false]', '42["echo",1]'],
  "being disconnected, and CONNECT": ["40", '42["kick",false]', "40", '42["echo",1]'],
  "being disconnected from all": [["40", "40/chat,"], '42["kick",true]'],
  "a connection that the server closes": ["40", '42["cut"]'],
};

export const namespacePackets = { ...connects, ...middlewares, ...ahead, ...besides, ...departures };

// Clients of version 2: the main namespace is joined unasked, others with a query, and there is no `auth`.
export const version2Packets = {
  "an event": ['42["echo","a"]'],
  "an event with an id": ['421["echo","a"]'],
  "binary": [[`451-["echo",${place}]`, bytes(1, 255)]],
  "binary with an id": [[`451-3["echo",${place}]`, bytes(1, 255)]],
  "a question": ['42["ask","a"]', '43$0["b"]'],
  "a question, answered with binary": ['42["ask","a"]', [`461-$0[${place}]`, bytes(1)]],
  "CONNECT to another namespace": ["40/chat", '42/chat,["echo",1]'],
  "CONNECT with the comma": ["40/chat,"],
  "CONNECT with a query": ["40/chat?token=a%20b&x=1"],
  "CONNECT with a query, and the comma": ["40/chat?token=a,"],
  "CONNECT to a namespace that is none": ["40/nowhere"],
  "CONNECT with a query to a namespace that is none": ["40/nowhere?a=1"],
  "a refusal by a middleware": ["40/guarded"],
  "a refusal with data": ["40/guarded?token=old"],
  "the word": ["40/guarded?token=secret", '42/guarded,1["echo"]'],
  "CONNECT to the main namespace, which is joined": { sent: [['42["echo"]', "40"]], as: ['42["echo"]', "40"] },
  "DISCONNECT": ["41"],
  "DISCONNECT from another namespace": ["40/chat", "41/chat", '42["echo",1]'],
  "being disconnected": ['42["kick",false]'],
  "being disconnected from all": ["40/chat", '42["kick",true]'],
  "a ping": ["2"],
  "a pong": ["3"],
  "no packet": ["47"],
  "an event that is no array": ["42{}"],
};
