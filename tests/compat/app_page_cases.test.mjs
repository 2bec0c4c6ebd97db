// The page of sockeye-server in a browser: a case between two who are signed in.
import assert from "node:assert/strict";
import { it } from "node:test";
import { atEachPlace, Visitor } from "./support/visits.mjs";

class Party extends Visitor {
  // Opens a case with somebody, who goes to see it.
  async opensCaseWith(other) {
    await this.submit("case-create", { userId: other.name });
    await other.sees("invitations", this.name);
    await other.tab.evaluate(`document.querySelector("#invitations li:last-child button").click()`);
    await this.isInPhase("pending");
    await other.isInPhase("pending");
    return this.reads("case-id");
  }
  isInPhase(phase) {
    return this.tab.until(`document.querySelector("#phases [aria-current=step]")?.textContent === ${JSON.stringify(phase)}`);
  }
  // The moves that are offered, once they are those.
  mayMake(...moves) {
    return this.tab.until(`[...document.getElementById("moves").children].map((one) => one.textContent).join() === "${moves}"`);
  }
  makes(move) {
    return this.tab.evaluate(`[...document.getElementById("moves").children].find((one) => one.textContent === "${move}").click()`);
  }
  // What happened to the case since it was opened, without times, the newest first.
  async history() {
    const lines = (await this.items("case-log")).map((line) => line.replace(" (you)", "").split(" (")[0]);
    return lines.filter((line) => !line.startsWith("1:"));
  }
}

const tests = ({ servers, enter, meet, newName }) => {
  it("shows both parties of a case where it is, and what they may do", async () => {
    const { ann, ben } = await meet();
    const both = [ann, ben];
    await ann.opensCaseWith(ben);
    await ann.mayMake("cancel");
    await ben.mayMake("accept");
    for (const one of both) assert.match(await one.reads("countdown"), /^(24:00:00|23:59:\d\d)$/);
    await ben.makes("accept");
    for (const one of both) await one.isInPhase("evidence");
    for (const one of both) await one.mayMake("submit", "settle");
    await ann.makes("submit");
    await ann.mayMake("settle");
    await ann.seesJust("agreed", `${ann.name} (you) agreed to submit; it waits for ${ben.name}.`);
    await ben.seesJust("agreed", `${ann.name} agreed to submit; it waits for ${ben.name} (you).`);
    await ben.makes("submit");
    for (const one of both) await one.isInPhase("analyzing");
    for (const one of both) await one.mayMake();
    for (const one of both) await one.tab.until(`/^0:00:(10|0\\d)$/.test(document.getElementById("countdown").textContent)`);
    for (const one of both) await one.isInPhase("verdict");
    await ann.makes("settle");
    await ben.sees("agreed", `${ann.name} agreed to settle`);
    await ben.makes("settle");
    for (const one of both) await one.isInPhase("closed");
    await ann.tab.until(`document.getElementById("moves-on").hidden`);
    for (const one of both) await one.sees("case-log", "verdict → closed");
    for (const one of both)
      assert.deepEqual(await one.history(), [
        `7: ${ben.name}: settle, verdict → closed`,
        `6: ${ann.name}: agreed to settle`,
        "5: time ran out: decide, analyzing → verdict",
        `4: ${ben.name}: submit, evidence → analyzing`,
        `3: ${ann.name}: agreed to submit`,
        `2: ${ben.name}: accept, pending → evidence`,
      ]);
  });

  it("watches a case again after the connection was down", async () => {
    const { ann, ben } = await meet();
    const caseId = await ann.opensCaseWith(ben);
    await ben.makes("accept");
    for (const one of [ann, ben]) await one.isInPhase("evidence");
    await ben.click("drop");
    await ben.seesJust("state", "offline: you dropped the connection");
    for (const move of ["submit", "settle"]) {
      await ann.makes(move);
      await ann.sees("agreed", `agreed to ${move}`);
    }
    await ben.click("drop");
    await ben.sees("agreed", "agreed to settle");
    await ben.makes("settle");
    for (const one of [ann, ben]) await one.isInPhase("closed");
    for (const one of [ann, ben]) await one.sees("case-log", "evidence → closed");
    const numbers = (lines) => lines.map((line) => Number.parseInt(line));
    for (const one of [ann, ben]) assert.deepEqual(numbers(await one.history()), [5, 4, 3, 2]);
    await ben.click("case-leave");
    const cat = await enter(newName("Cat"), servers[0].url);
    await cat.submit("case-watch", { caseId });
    await cat.isTold("cases", `'${cat.name}' is no party of case '${caseId}'.`);
  });
};

atEachPlace("a case on the page", tests, Party);
