// What the modules of the page do with its elements.
import { inWords } from "./words.js";

export const at = (id) => document.getElementById(id);

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const fill = (id, children) => at(id).replaceChildren(...children);

// The newest at the top; so many are kept that the page stays small.
export function note(id, text, kept = 50) {
  at(id).prepend(element("li", {}, text));
  while (at(id).childElementCount > kept) at(id).lastChild.remove();
}

// Does something for a section of the page, which tells in words why it failed.
export async function attempt(sectionId, action) {
  const problem = at(sectionId).querySelector(".problem");
  try {
    await action();
    problem.textContent = "";
  } catch (error) {
    problem.textContent = inWords(error);
  }
}

const sectionOf = (item) => item.closest("section").id;

async function whileBusy(button, work) {
  button.disabled = true;
  await work;
  button.disabled = false;
}

function doOnClick(button, action) {
  button.addEventListener("click", () => whileBusy(button, attempt(sectionOf(button), action)));
}

export const onClick = (id, action) => doOnClick(at(id), action);

// A button that does something for the section it is put into.
export function clickable(properties, text, action) {
  const button = element("button", { type: "button", ...properties }, text);
  doOnClick(button, action);
  return button;
}

// `action` is given the form's fields, by their names.
export function onSubmit(id, action) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    whileBusy(at(id).querySelector("button"), attempt(sectionOf(at(id)), () => action(fields)));
  });
}

// Again and again, while somebody looks. What fails is asked for again soon.
export function whileSeen(milliseconds, action) {
  setInterval(() => document.visibilityState === "visible" && action().catch(() => {}), milliseconds);
}
