// What somebody sees and does on a page.
const json = JSON.stringify;
const byId = (id) => `document.getElementById(${json(id)})`;

export class Page {
  constructor(tab) {
    this.tab = tab;
  }
  reads(id) {
    return this.tab.evaluate(`${byId(id)}.textContent`);
  }
  sees(id, text) {
    return this.tab.until(`${byId(id)}?.textContent.includes(${json(text)})`);
  }
  seesJust(id, text) {
    return this.tab.until(`${byId(id)}?.textContent === ${json(text)}`);
  }
  items(id) {
    return this.tab.evaluate(`[...${byId(id)}.children].map((item) => item.textContent)`);
  }
  click(id) {
    return this.tab.evaluate(`${byId(id)}.click()`);
  }
  write(id, text) {
    return this.tab.evaluate(`{
      const field = ${byId(id)};
      field.value = ${json(text)};
      field.dispatchEvent(new Event("input"));
    }`);
  }
  // Sends a form, with these values in the fields of these names.
  submit(id, fields = {}) {
    return this.tab.evaluate(`{
      for (const [name, text] of Object.entries(${json(fields)})) ${byId(id)}.elements[name].value = text;
      ${byId(id)}.requestSubmit();
    }`);
  }
}
