// The page of sockeye-server in a browser: what each of its services shows. Of cases: app_page_cases.test.mjs.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openBrowser } from "./support/browser.mjs";
import { startApp } from "./support/fixture.mjs";
import { startNetwork } from "./support/network.mjs";
import { Page } from "./support/page.mjs";
import { atEachPlace, skip } from "./support/visits.mjs";

// What they see is of this room only then: in the lobby there are others.
async function enterRoom(users, roomId) {
  for (const one of users) {
    await one.submit("presence-join", { roomId });
    await one.seesJust("presence-room", roomId);
  }
}

atEachPlace("the page", ({ count, store, servers, enter, meet, newName, close }) => {
  it("shows who comes into a room, and who leaves", async () => {
    const { ann, ben } = await meet();
    const roomId = newName("room");
    await enterRoom([ann, ben], roomId);
    for (const one of [ann, ben]) {
      await one.seesJust("presence-count", "2");
      await one.sees("presence-users", (one === ann ? ben : ann).name);
      await one.sees("online-users", (one === ann ? ben : ann).name);
    }
    await ben.submit("presence-join", { roomId: newName("room") });
    await ann.sees("presence-log", `${ben.name} left; now 1`);
    await ann.seesJust("presence-count", "1");
  });

  it("takes two tabs of one name for one user", async () => {
    const { ann, ben } = await meet();
    const second = await enter(ann.name, servers.at(-1).url);
    const roomId = newName("room");
    for (const [one, there] of [[ben, "1"], [ann, "2"], [second, "2"]]) {
      await enterRoom([one], roomId);
      await one.seesJust("presence-count", there);
    }
    await ben.sees("presence-users", ann.name);
    await close(ann.tab);
    await close(second.tab);
    await ben.sees("presence-log", `${ann.name} left; now 1`);
    const told = (await ben.items("presence-log")).filter((line) => line.startsWith(`${ann.name} left`));
    assert.equal(told.length, 1);
  });

  it("passes what is said in a room, and greetings to every tab of a user", async () => {
    const { ann, ben } = await meet();
    const second = await enter(ann.name, servers.at(-1).url);
    const roomId = newName("room");
    await enterRoom([ann, ben], roomId);
    await ann.seesJust("presence-count", "2");
    await ann.submit("presence-say", { text: "<b>good</b> morning" });
    await ben.sees("presence-log", `${ann.name}: <b>good</b> morning`);
    await ben.sees("online-users", ann.name);
    await ben.tab.evaluate(`document.querySelector('#online-users [title$="${ann.name}"]').click()`);
    for (const one of [ann, second]) await one.seesJust("greeting", `${ben.name} says hello to you.`);
  });

  it("shows the shared screen of one of a room", async () => {
    const { ann, ben } = await meet();
    const roomId = newName("room");
    for (const one of [ann, ben]) await one.submit("room-join", { roomId });
    for (const one of [ann, ben]) for (const { name } of [ann, ben]) await one.sees("participants", name);
    assert.equal(await ben.painted(), 0);
    await ann.click("share");
    await ben.sees("participants", "sharing");
    await ben.sees("screen-note", `${ann.name}'s frame`);
    assert.equal(await ben.painted(), 480 * 270);
    await ben.click("share");
    await ben.isTold("rooms", "Somebody else is sharing a screen here.");
    await ann.click("share");
    await ben.seesJust("screen-note", "Nobody shares a screen.");
    await ann.click("room-leave");
    await ben.tab.until(`!document.getElementById("participants").textContent.includes("${ann.name}")`);
  });

  it("gives a listener what was published while the connection was down", async () => {
    const { ann, ben } = await meet();
    await ben.submit("session-join", { code: "NOSUCH" });
    await ben.isTold("listener", "There is no session with that code.");
    await ann.submit("session-create");
    await ann.tab.until(`document.getElementById("code").textContent`);
    await ben.submit("session-join", { code: await ann.reads("code") });
    await ben.seesJust("listener-note", "You listen.");
    await ann.submit("publish", { text: "one" });
    await ben.sees("heard", "1: one");
    await ben.click("drop");
    await ben.seesJust("state", "offline: you dropped the connection");
    for (const [i, text] of ["two", "three"].entries()) {
      await ann.submit("publish", { text });
      await ann.seesJust("published", String(i + 2));
    }
    await ben.click("drop");
    await ben.seesJust("listener-note", "You are back, and were given the 2 that you missed.");
    const heard = (await ben.items("heard")).map((line) => line.split(" (")[0]);
    assert.deepEqual(heard, ["3: three", "2: two", "1: one"]);
    assert.deepEqual([await ben.reads("last-seq"), await ben.reads("gaps")], ["3", "0"]);
    await ann.click("session-close");
    await ben.seesJust("listener-note", "The host has closed the session.");
  });

  it("lets a host go on after the connection was down", async () => {
    const { ann, ben } = await meet();
    await ann.submit("session-create");
    await ann.tab.until(`document.getElementById("code").textContent`);
    await ben.submit("session-join", { code: await ann.reads("code") });
    await ben.seesJust("listener-note", "You listen.");
    await ann.click("drop");
    await ann.seesJust("state", "offline: you dropped the connection");
    await ann.click("drop");
    await ann.seesJust("host-note", "You are back, and still the host.");
    await ann.submit("publish", { text: "here again" });
    await ben.sees("heard", "1: here again");
  });

  it("beats in all tabs at once", async () => {
    const { ann, ben } = await meet();
    const sessionId = newName("band");
    for (const one of [ann, ben]) {
      await one.submit("clock-join", { sessionId });
      await one.seesJust("band-name", sessionId);
    }
    const heard = [await ann.beats(6), await ben.beats(6)];
    await ann.click("clock-start");
    const [anns, bens] = await Promise.all(heard.map((enough) => enough()));
    const both = Object.keys(anns).filter((beat) => beat in bens);
    assert.ok(both.length >= 5, JSON.stringify([anns, bens]));
    for (const beat of both) assert.ok(Math.abs(anns[beat] - bens[beat]) < 100, JSON.stringify([anns, bens]));
    for (const one of [ann, ben]) assert.match(await one.reads("offset"), /^-?\d+\.\d ms$/);
    await ben.click("clock-stop");
    await ann.click("clock-rewind");
    for (const one of [ann, ben]) await one.seesJust("position", "0.0 s");
  });

  it("lists the servers of the cluster", async () => {
    const { ann, ben } = await meet();
    for (const one of [ann, ben]) {
      await one.seesJust("store", store);
      await one.tab.until(`document.getElementById("nodes").rows.length === ${count}`);
      await one.sees("nodes", `${await one.reads("node")} (yours)`);
    }
    assert.equal((await ann.reads("node")) === (await ben.reads("node")), count === 1);
  });

  it("says what the connection is doing, and keeps its place", async (t) => {
    const network = await startNetwork(servers[0].port);
    t.after(() => network.stop());
    const ann = await enter(newName("Ann"), network.url);
    const roomId = newName("room");
    await ann.submit("room-join", { roomId });
    await ann.seesJust("room-name", roomId);
    network.cut();
    await ann.sees("state", "trying again");
    network.mend();
    await ann.seesJust("state", "online, recovered");
    await ann.seesJust("session", "recovered");
    await ann.submit("presence-say", { text: "still here" });
    await ann.sees("presence-log", "still here");
  });
});

describe("the page without npm's client", { skip, timeout: 60_000 }, () => {
  it("tells how to get it", async (t) => {
    const server = await startApp();
    t.after(() => server.stop());
    const browser = await openBrowser();
    t.after(() => browser.close());
    const page = new Page(await browser.tab());
    await page.tab.open(server.url);
    await page.seesJust("state", "no client");
    await page.tab.until(`document.querySelector("main").innerText.includes("npm install")`);
  });
});
