// A list to choose from: what to insert, what to turn a block into, what else to do with it. It opens with a press of a
// button and takes the focus, or with "/" in a text, where the focus stays and letters narrow it down.
import { icon } from "block-flow";

const flow = document.querySelector("[data-flow]");
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const beginsIn = (text, query) => plain(text).split(/\s+/).some((_, i, all) => all.slice(i).join(" ").startsWith(query));
// 0 for a name that begins with what is typed, then names and other words with one that does; 3 for no match
const rank = ({ name, words = "" }, query) => [plain(name).startsWith(query), beginsIn(name, query), beginsIn(words, query), true].indexOf(true);
let opened = null;

export const close = () => opened?.close();

// Entries have name, hint, icon, words, the sign that does the same when typed, and what choosing them does: run(). Options of the menu: where it opens (a
// rectangle in the window), its label, whether it takes the focus, and onClose.
export const open = (choices, { at, label, takesFocus = true, onClose = () => {} }) => {
  close();
  const box = Object.assign(document.createElement("div"), { className: "slash" });
  const list = Object.assign(document.createElement("div"), { id: "block_choices", tabIndex: takesFocus ? 0 : -1 });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  const nothing = Object.assign(document.createElement("p"), { textContent: "Nothing is called that.", hidden: true });
  box.append(list, nothing);
  const came = document.activeElement;
  const menu = { isOpen: true, list };
  let shown = [], chosen = 0, query = "";

  const mark = (number) => {
    chosen = number;
    shown.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    const option = shown[chosen];
    const focused = takesFocus ? list : came;
    if (option) focused.setAttribute("aria-activedescendant", option.id);
    else focused.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  menu.filter = (typed) => {
    query = plain(typed.trim());
    const found = [0, 1, 2].flatMap((wanted) => choices.filter((choice) => rank(choice, query) === wanted));
    shown = found.map((choice, i) => {
      const option = Object.assign(document.createElement("div"), { className: "opt", id: `block_choice_${i}` });
      option.setAttribute("role", "option");
      const words = document.createElement("span");
      words.append(choice.name);
      if (choice.hint) words.append(Object.assign(document.createElement("small"), { textContent: choice.hint }));
      option.append(icon(choice.icon ?? "text"), words);
      if (choice.sign) option.append(Object.assign(document.createElement("kbd"), { textContent: choice.sign }));
      option.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays
      option.addEventListener("click", () => menu.pick(choice));
      option.choice = choice;
      return option;
    });
    list.replaceChildren(...shown);
    nothing.hidden = shown.length > 0;
    mark(0);
    return shown.length;
  };
  menu.pick = (choice) => {
    menu.close({ isPicked: true });
    choice.run();
  };
  menu.close = ({ isPicked = false } = {}) => {
    if (!menu.isOpen) return;
    menu.isOpen = false;
    opened = null;
    came?.removeAttribute("aria-activedescendant");
    if (takesFocus && !isPicked && box.contains(document.activeElement)) came?.focus();
    box.remove();
    onClose();
  };
  // Whether the key was for the menu.
  menu.key = ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) return false;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (key in steps && shown.length) mark((chosen + steps[key] + shown.length) % shown.length);
    else if (key === "Home" && takesFocus) mark(0);
    else if (key === "End" && takesFocus) mark(shown.length - 1);
    else if (["Enter", "Tab"].includes(key) && shown[chosen] && (takesFocus ? key === "Enter" : true)) menu.pick(shown[chosen].choice);
    else if (key === " " && takesFocus && !query && shown[chosen]) menu.pick(shown[chosen].choice);
    else if (key === "Escape") menu.close();
    else if (takesFocus && key.length === 1) menu.filter(query + key);
    else if (takesFocus && key === "Backspace") menu.filter(query.slice(0, -1));
    else return false;
    return true;
  };

  flow.append(box);
  menu.filter("");
  const around = flow.getBoundingClientRect();
  const left = Math.max(0, Math.min(at.left - around.left, around.width - box.offsetWidth));
  const isBelow = innerHeight - at.bottom > Math.min(box.offsetHeight, 260) || at.top < box.offsetHeight;
  box.style.left = `${left}px`;
  box.style.top = `${isBelow ? at.bottom - around.top + 4 : at.top - around.top - box.offsetHeight - 4}px`;
  if (takesFocus) {
    list.focus({ preventScroll: true });
    list.addEventListener("keydown", (event) => {
      if (!menu.key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    list.addEventListener("focusout", () => setTimeout(() => { if (!box.contains(document.activeElement)) menu.close(); }));
  }
  box.scrollIntoView({ block: "nearest" });
  opened = menu;
  return menu;
};
