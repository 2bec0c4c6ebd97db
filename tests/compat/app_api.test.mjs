// The HTTP API against the description that the server serves: each operation as it is described, and whatever is not.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { hasApp, startApp } from "./support/fixture.mjs";

const skip = !hasApp && "the server is not built";
const examples = { string: "x", integer: 100, boolean: true };

// As much of JSON Schema as the description uses.
const fits = (schema, content) => {
  if ("const" in schema && content !== schema.const) return false;
  const is = { string: typeof content === "string", integer: Number.isInteger(content), boolean: typeof content === "boolean",
    array: Array.isArray(content), object: content !== null && typeof content === "object" && !Array.isArray(content) };
  if (schema.type && !is[schema.type]) return false;
  if (schema.type === "array") return content.every((item) => fits(schema.items, item));
  const { properties = {}, required = [], additionalProperties = true } = schema;
  if (!additionalProperties && !Object.keys(content).every((name) => name in properties)) return false;
  return required.every((name) => name in content) &&
    Object.entries(properties).every(([name, member]) => !(name in content) || fits(member, content[name]));
};
const example = (schema) => (schema.type === "array" ? [] : examples[schema.type] ?? "anything");
const wrongFor = ({ type }) => ({ string: 1, integer: "many", boolean: "yes", array: {} })[type];

describe("the HTTP API", { skip, timeout: 60_000 }, () => {
  let server, description;
  const operations = [];

  const send = async ({ path, method }, { key = "key", body, query = "" } = {}) => {
    const headers = key ? { authorization: `Bearer ${key}` } : {};
    const response = await fetch(server.url + path.replaceAll(/\{\w+\}/g, "x") + query, { method, headers, body });
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return { status: response.status, headers: response.headers, content: isJson ? JSON.parse(text) : text };
  };
  const isRefused = ({ status, content }, expected, code) => {
    assert.equal(status, expected, JSON.stringify(content));
    assert.ok(fits(description.components.schemas.Error, content), JSON.stringify(content));
    assert.equal(content.error.code, code);
  };
  const schemaOf = ({ requestBody }) => requestBody?.content["application/json"].schema;
  const withBody = () => operations.filter(schemaOf);
  // With what is required, and for those that need to know whom: a room.
  const goodBody = (operation) => {
    const { properties, required = [] } = schemaOf(operation);
    const body = Object.fromEntries(required.map((name) => [name, example(properties[name])]));
    return "room" in properties ? { ...body, room: "x" } : body;
  };

  before(async () => {
    server = await startApp("--api-keys", "key", "--log-level", "error", "--requests-per-ip", "0");
    description = await (await fetch(`${server.url}/openapi.json`)).json();
    for (const [path, methods] of Object.entries(description.paths))
      for (const [method, operation] of Object.entries(methods)) operations.push({ path, method: method.toUpperCase(), ...operation });
    assert.ok(operations.length >= 12);
  });
  after(async () => assert.equal(await server.stop(), 0));

  it("answers each operation as it is described", async () => {
    for (const operation of operations) {
      const schema = schemaOf(operation);
      const answer = await send(operation, schema && { body: JSON.stringify(goodBody(operation)) });
      // There is no room and no session "x".
      if (answer.status === 404) assert.match(answer.content.error.code, /_NOT_FOUND$/);
      else assert.equal(answer.status, 200, `${operation.path}: ${JSON.stringify(answer.content)}`);
      const [[, { schema: good }]] = Object.entries(operation.responses[200].content);
      const as = answer.status === 200 ? good : description.components.schemas.Error;
      assert.ok(fits(as, answer.content), `${operation.path}: ${JSON.stringify(answer.content)}`);
    }
  });

  it("opens what is not said to be open with a right key only", async () => {
    for (const operation of operations)
      for (const key of ["", "ke", "keys", "wrong"]) {
        const answer = await send(operation, { key, body: schemaOf(operation) && "{}" });
        if (operation.security.length === 0) assert.equal(answer.status, 200);
        else isRefused(answer, 401, "UNAUTHENTICATED");
      }
  });

  it("refuses a body without something that is required", async () => {
    for (const operation of withBody())
      for (const name of schemaOf(operation).required ?? []) {
        const { [name]: _, ...body } = goodBody(operation);
        isRefused(await send(operation, { body: JSON.stringify(body) }), 400, "BAD_REQUEST");
      }
  });

  it("refuses a body with a member of another type, and names it", async () => {
    for (const operation of withBody())
      for (const [name, schema] of Object.entries(schemaOf(operation).properties)) {
        if (!schema.type) continue; // takes anything
        const answer = await send(operation, { body: JSON.stringify({ ...goodBody(operation), [name]: wrongFor(schema) }) });
        isRefused(answer, 400, "BAD_REQUEST");
        assert.ok(answer.content.error.message.includes(`'${name}'`), answer.content.error.message);
      }
  });

  it("refuses members and parameters that it does not know", async () => {
    for (const operation of withBody())
      isRefused(await send(operation, { body: JSON.stringify({ ...goodBody(operation), more: 1 }) }), 400, "BAD_REQUEST");
    for (const operation of operations.filter(({ method }) => method === "GET"))
      isRefused(await send(operation, { query: "?more=1" }), 400, "BAD_REQUEST");
  });

  it("refuses what is no object in JSON", async () => {
    for (const operation of withBody())
      for (const body of ["", "{", "[]", "null", "1", '"text"', "{}{}"])
        isRefused(await send(operation, { body }), 400, "BAD_REQUEST");
  });

  it("refuses a body that is too large before it has read it", async () => {
    for (const { path, method } of withBody()) {
      const headers = { authorization: "Bearer key", "content-length": 4 * 1024 * 1024 };
      const announced = request(server.url + path, { method, headers });
      announced.flushHeaders(); // and nothing after them: the answer cannot be lost to what is still being sent
      const [response] = await once(announced, "response");
      announced.on("error", () => {}).destroy();
      assert.equal(response.statusCode, 413);
    }
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  });
});
