// The blocks of a text: what they are and where they stand. Each is a row of a formset; its place is in its field
// "ordering", and one that is removed is marked for deletion, so that it can come back.
import { editorIn } from "block-editors";

const flow = document.querySelector("[data-flow]");
const root = flow?.querySelector("[data-blocks]");
const FIELDS = ".fields :is(input:not([type=hidden]), textarea, select:not(.select2-hidden-accessible), .select2-selection, .picture-button, .ProseMirror[contenteditable=true])";
const OF_THE_PLACE = /-(id|parent|region|ordering|DELETE)$/;

export const entries = JSON.parse(document.getElementById("block_menu")?.textContent ?? "[]");
export const blocks = () => [...root?.querySelectorAll(":scope > .blk:not([hidden])") ?? []];
export const blockOf = (node) => (node instanceof Element ? node.closest(".blk") : null);
export const fieldOf = (block, name) => block.querySelector(`[name="${block.id}-${name}"]`);
export const entryOf = (block) => entries.find(({ prefix }) => prefix === block.dataset.block);
export const isNew = (block) => !fieldOf(block, "id")?.value; // not saved yet
export const isText = (block) => block?.dataset.kind === "text";
export const neighbor = (block, step) => { const all = blocks(); return all[all.indexOf(block) + step] ?? null; };

export const icon = (name, size = 18) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ class: "i", width: size, height: size, "aria-hidden": "true" })) svg.setAttribute(key, value);
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `${flow.dataset.icons}#${name}`);
  return svg;
};

export const say = (message) => {
  const said = flow.querySelector("[data-said]");
  said.textContent = message;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 8000);
};

export const focusBlock = (block, where = "start") => {
  const fields = [...block.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility({ visibilityProperty: true }) && field.type !== "checkbox");
  const unchosen = fields.find((one) => !one.matches("select") || one.value === ""); // a new danger box has its kind
  const field = where === "end" ? fields.at(-1) : unchosen ?? fields[0];
  if (field?.matches(".ProseMirror")) editorIn(block).commands.focus(where);
  else (field ?? block.querySelector("input, select, textarea"))?.focus();
};

// A block that was just inserted. One that is nothing without a picture begins with the choice of it.
export const begin = (block) => {
  focusBlock(block);
  const focused = document.activeElement;
  if (focused.matches(".picture-button") && !focused.closest(".picture-field").previousElementSibling.value) focused.click();
};

// --- places ---

const plusses = new WeakMap();
const plusAfter = (block) => {
  if (!plusses.has(block)) {
    const plus = Object.assign(document.createElement("div"), { className: "add" });
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.insert = "";
    button.append(icon("plus", 14), "Insert");
    plus.append(button);
    plusses.set(block, plus);
  }
  return plusses.get(block);
};
export const blockBefore = (plus) => plus.previousElementSibling?.closest(".blk") ?? null;

// A box is called after its tone, as in the menu.
export const nameIt = (block) => {
  const isSame = ({ prefix, values }) => prefix === block.dataset.block
    && Object.entries(values).every(([name, value]) => fieldOf(block, name)?.value === value);
  const name = entries.find(isSame)?.name;
  if (!name || name === block.dataset.name) return;
  block.dataset.name = name;
  block.querySelector(".kind b").textContent = name;
  const shown = block.querySelector(":scope > .bar > :is(.turning, b)");
  if (shown) shown.lastChild.textContent = name;
};

// After every change: numbers for the form, names for screen readers, and a plus below each block.
export const arrange = ({ isFirst = false } = {}) => {
  const all = blocks(), head = plusAfter(root);
  if (root.firstElementChild !== head) root.prepend(head);
  for (const block of root.querySelectorAll(":scope > .blk")) {
    const plus = plusAfter(block);
    plus.hidden = block.hidden;
    if (block.nextElementSibling !== plus) block.after(plus);
  }
  const name = (block) => block?.dataset.name ?? "";
  head.firstChild.setAttribute("aria-label", "Insert a block at the beginning");
  all.forEach((block, i) => {
    if (!isFirst) fieldOf(block, "ordering").value = (i + 1) * 10;
    block.setAttribute("aria-label", `${name(block)}, ${i + 1} of ${all.length}`);
    plusAfter(block).firstChild.setAttribute("aria-label", `Insert a block after ${name(block)}, ${i + 1} of ${all.length}`);
  });
};

// What has the focus stays where it is in the document, or it would lose it: the neighbor moves around it.
export const move = (block, step) => {
  const other = neighbor(block, step);
  if (!other) return say(step < 0 ? "This is the first block." : "This is the last block.");
  if (step < 0) block.after(other);
  else block.before(other);
  arrange();
  block.scrollIntoView({ block: "nearest" });
  return say(`Moved ${step < 0 ? "up" : "down"}: ${block.getAttribute("aria-label")}.`);
};

export const moveTo = (block, target, isAfter) => {
  if (block === target) return;
  target[isAfter ? "after" : "before"](block);
  arrange();
  say(`Moved: ${block.getAttribute("aria-label")}.`);
};

// --- rows ---

const fill = (field, value) => {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else if (field.matches("select") && typeof value === "object") {
    if (![...field.options].some((option) => option.value === value.value)) field.add(new Option(value.text, value.value));
    field.value = value.value;
  } else field.value = value;
};

export const valuesOf = (block) => Object.fromEntries([...block.querySelectorAll("[name]")]
  .filter((field) => !OF_THE_PLACE.test(field.name))
  .map((field) => {
    const chosen = field.matches("select") ? field.selectedOptions[0] : null;
    const value = field.type === "checkbox" ? field.checked : chosen ? { value: chosen.value, text: chosen.text } : field.value;
    return [field.name.slice(block.id.length + 1), value];
  }));

export const templateOf = (entry) => document.getElementById(`${entry.prefix}-empty`)?.content.firstElementChild ?? null;
export const hasField = (entry, name) => Boolean(templateOf(entry)?.querySelector(`[name$="__-${name}"]`));

// A new block. Its fields are filled before its editors are made, which read them.
export const insert = (entry, { after = null, before = null, values = {} } = {}) => {
  const total = document.getElementById(`id_${entry.prefix}-TOTAL_FORMS`);
  const block = templateOf(entry).cloneNode(true);
  for (const part of [block, ...block.querySelectorAll("*")]) {
    for (const { name, value } of [...part.attributes]) {
      if (value.includes("__prefix__")) part.setAttribute(name, value.replaceAll("__prefix__", total.value));
    }
  }
  total.value = Number(total.value) + 1;
  for (const [name, value] of Object.entries({ ...entry.values, ...values })) {
    const field = fieldOf(block, name);
    if (field) fill(field, value);
  }
  nameIt(block);
  if (before) before.before(block);
  else if (after) after.after(block);
  else root.append(block);
  arrange();
  block.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: entry.prefix } }));
  return block;
};

const take = (block, isTaken) => {
  const box = fieldOf(block, "DELETE");
  if (!box) return false;
  box.checked = isTaken;
  block.hidden = isTaken;
  arrange();
  return true;
};

// A line in place of a removed block that brings it back. Returns its button.
export const offerUndo = (block, message) => {
  const notice = Object.assign(document.createElement("p"), { className: "removed", textContent: `${message} ` });
  const undo = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
  undo.addEventListener("click", () => {
    notice.remove();
    take(block, false);
    focusBlock(block);
    say(`Back again: ${block.getAttribute("aria-label")}.`);
  });
  notice.append(undo);
  block.before(notice);
  return undo;
};

// Whether it holds nothing but what a new one begins with.
export const isBlank = (block) => {
  const entry = entryOf(block), plain = (value) => value?.value ?? value;
  if (!entry) return false;
  const fresh = valuesOf(templateOf(entry));
  return Object.entries(valuesOf(block)).every(([name, value]) => name in entry.values || plain(value) === plain(fresh[name]));
};

// Without a word: what it held is somewhere else, or it held nothing. A text is emptied: it is not offered again.
export const drop = (block) => {
  const isTaken = take(block, true);
  if (isTaken && isText(block)) editorIn(block)?.commands.clearContent(true);
  return isTaken;
};

export const remove = (block) => {
  const name = block.getAttribute("aria-label");
  if (!take(block, true)) return say("You may not remove this block.");
  offerUndo(block, `Removed: ${name}.`).focus();
  return say(`Removed: ${name}.`);
};

export const duplicate = (block) => {
  const entry = entryOf(block);
  if (!entry) return say("You may not add a block of this kind.");
  const copy = insert(entry, { after: plusAfter(block), values: valuesOf(block) });
  focusBlock(copy);
  return say(`Duplicated: ${copy.getAttribute("aria-label")}.`);
};
