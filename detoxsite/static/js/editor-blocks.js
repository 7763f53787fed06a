// The editor of a text: a bar of tools at each block, a plus between two, keys, and moving with the mouse. Without this
// script the blocks are rows of a form, with a number for their place and a box to remove them.
import { editorIn } from "block-editors";
import {
  arrange, begin, blockBefore, blockOf, blocks, drop, duplicate, entries, fieldOf, focusBlock, icon, insert, isBlank, isText, move, moveTo, nameIt, neighbor,
  offerUndo, remove, say,
} from "block-flow";
import { open } from "block-menu";
import { addSource, formatsOf, hasWords, split, toolsOf } from "block-text";
import { canTurn, kindsFor, turn } from "block-turn";

const flow = document.querySelector("[data-flow]");
const root = flow?.querySelector("[data-blocks]");
const form = document.querySelector("#edition_form");
let active = null;

// --- menus ---

const choose = (button, choices, label) => open(choices, { at: button.getBoundingClientRect(), label });

const insertHere = (button, after) => {
  const choices = entries.map((entry) => ({
    ...entry,
    run: () => begin(insert(entry, after ? { after } : { before: blocks()[0] })),
  }));
  choose(button, choices, "Insert a block");
};

const turnInto = (button, block) => {
  const editor = editorIn(block);
  choose(button, [
    ...(editor && isText(block) ? formatsOf(editor).filter(({ node }) => node !== "table") : []),
    ...kindsFor(block).map((entry) => ({ ...entry, run: () => turn(block, entry) })),
  ], "Turn into");
};

const more = (button, block) => {
  const editor = editorIn(block);
  choose(button, [
    { name: "Insert above", icon: "plus", run: () => insertHere(button, blocks()[blocks().indexOf(block) - 1] ?? null) },
    { name: "Insert below", icon: "plus", run: () => insertHere(button, block) },
    { name: "Duplicate", icon: "copy", words: "copy", run: () => duplicate(block) },
    ...(isText(block) ? [{ name: "Split here", icon: "split", run: () => split(block) }] : []),
    ...(editor ? [
      ...formatsOf(editor).filter(({ node }) => ["orderedList", "table"].includes(node) && !editor.isActive("table")),
      { name: "Source", hint: "A number here, and its row below", icon: "book", run: () => addSource(editor) },
      ...toolsOf(editor),
    ] : []),
    { name: "Remove", icon: "trash", words: "delete", run: () => remove(block) },
  ], "More for this block");
};

// --- the bar ---

const mark = (name) => (editor) => editor.chain().focus()[`toggle${name}`]().run();
const FORMATS = [
  ["bold", "bold", "Bold (Ctrl B)", mark("Bold")],
  ["italic", "italic", "Slanted (Ctrl I)", mark("Italic")],
  ["link", "link", "Link (Ctrl K)", (editor) => editor.chain().focus().addLink().run()],
  ["bulletList", "list", "Bullets", mark("BulletList")],
  ["orderedList", "numbers", "Numbers", mark("OrderedList"), "rest"],
  ["superscript", "x²", "Superscript (Ctrl .)", mark("Superscript"), "rest"],
  ["subscript", "x₂", "Subscript (Ctrl ,)", mark("Subscript"), "rest"],
];
const ACTS = [
  ["up", "Move up (Alt ↑)", (block) => move(block, -1)],
  ["down", "Move down (Alt ↓)", (block) => move(block, 1)],
  ["copy", "Duplicate (Ctrl D)", duplicate, "rest"],
  ["split", "Split here (Ctrl Alt Enter)", split, "rest"],
];

const button = (sign, name, run, kind = "") => {
  const made = Object.assign(document.createElement("button"), { type: "button", title: name, className: kind, tabIndex: -1 });
  made.setAttribute("aria-label", name);
  made.append(/^x./.test(sign) ? sign : icon(sign));
  made.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays in the text
  made.addEventListener("click", () => run(made));
  return made;
};

const buildBar = (block) => {
  const bar = Object.assign(document.createElement("div"), { className: "bar" });
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Tools for this block");
  if (canTurn(block)) {
    const turning = button("turn", "Turn into (Ctrl Alt T)", (made) => turnInto(made, block), "turning");
    turning.setAttribute("aria-haspopup", "listbox");
    turning.append(block.dataset.name);
    bar.append(turning);
  } else bar.append(Object.assign(document.createElement("b"), { textContent: block.dataset.name }));
  const editor = editorIn(block);
  if (editor) {
    const formats = FORMATS.filter(([name]) => name in editor.schema.nodes || name in editor.schema.marks)
      .map(([format, sign, name, run, kind]) => ({ format, made: button(sign, name, () => run(editor), kind) }));
    bar.append(...formats.map(({ made }) => made));
    editor.on("transaction", () => formats.forEach(({ format, made }) => made.setAttribute("aria-pressed", String(editor.isActive(format)))));
  }
  for (const [sign, name, run, kind] of ACTS) if (sign !== "split" || isText(block)) bar.append(button(sign, name, () => run(block), kind));
  const dots = button("dots", "More: insert, remove", (made) => more(made, block));
  dots.setAttribute("aria-haspopup", "listbox");
  bar.append(dots);
  bar.querySelector("button").tabIndex = 0; // one stop for Tab; arrows lead on
  bar.addEventListener("keydown", (event) => {
    const all = [...bar.querySelectorAll("button")].filter((one) => one.checkVisibility());
    const next = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!next) return;
    event.preventDefault();
    const chosen = all[(all.indexOf(document.activeElement) + next + all.length) % all.length];
    all.forEach((one) => { one.tabIndex = one === chosen ? 0 : -1; });
    chosen.focus();
  });
  block.querySelector(".kind").after(bar);
};

const addGrip = (block) => {
  const grip = Object.assign(document.createElement("span"), { className: "grip", draggable: true, title: "Drag, or press Alt ↑ and Alt ↓" });
  grip.setAttribute("aria-hidden", "true");
  grip.append(icon("grip", 20));
  grip.addEventListener("dragstart", (event) => {
    flow.dragged = block;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(block, 0, 0);
  });
  grip.addEventListener("dragend", () => endDrag());
  block.prepend(grip);
};

const dress = (block) => {
  if (fieldOf(block, "DELETE")?.checked) { // after a refused save, or in a restored draft
    block.hidden = true;
    if (!isText(block) || hasWords(fieldOf(block, "body").value)) offerUndo(block, `Removed: ${block.dataset.name}.`);
  }
  addGrip(block);
  const tone = fieldOf(block, "tone");
  if (tone) block.dataset.tone = tone.value;
};

// --- moving with the mouse ---

const isLower = (block, event) => event.clientY > block.getBoundingClientRect().top + block.offsetHeight / 2;
const clearMarks = () => root.querySelectorAll(".over-top, .over-end").forEach((block) => block.classList.remove("over-top", "over-end"));
const endDrag = () => { flow.dragged = null; clearMarks(); };

// --- keys ---

const KEYS = {
  "Alt+ArrowUp": (block) => move(block, -1),
  "Alt+ArrowDown": (block) => move(block, 1),
  "Ctrl+d": duplicate,
  "Ctrl+Alt+Enter": split,
  "Ctrl+Alt+f": (block) => { if (editorIn(block)) addSource(editorIn(block)); }, // as footnotes in word processors
  "Ctrl+Alt+t": (block) => { if (canTurn(block)) turnInto(block.querySelector(".bar button"), block); },
};
// With Option a Mac makes another character of a letter: then the key itself counts.
const keyOf = ({ key, code, altKey }) => (altKey && /^Key[FT]$/.test(code) && !/^[a-z]$/i.test(key) ? code.slice(3) : key);
const named = (event) => {
  const key = keyOf(event);
  return [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", key.length === 1 ? key.toLowerCase() : key].filter(Boolean).join("+");
};

// In a line of its own Enter would send the form: it goes on to the next field, and from the last one out of the block.
// Above the text it leads to the next field that needs something, and from there into the text.
const fieldsOf = (block) => [...block.querySelectorAll(".fields :is(input:not([type=hidden], [type=checkbox]), textarea, select, .ProseMirror)")].filter((one) => one.checkVisibility());
const HEAD = ["title", "summary", "topic", "author"].map((name) => `id_${name}`);
const goOn = (field) => {
  const block = blockOf(field);
  if (!block) {
    const next = HEAD.slice(HEAD.indexOf(field.id) + 1).map((id) => document.getElementById(id)).find((one) => one && !(one.matches("select") && one.value));
    return next ? next.focus() : focusBlock(blocks()[0]);
  }
  const fields = fieldsOf(block), next = fields[fields.indexOf(field) + 1];
  if (next) return next.focus();
  const all = blocks(), below = all[all.indexOf(block) + 1];
  return focusBlock(isText(below) ? below : insert(entries.find(({ kind }) => kind === "text"), { after: block }));
};

// Backspace in a new block that holds nothing: the cursor is again where it was.
const takeBack = (block, field) => {
  const first = block.querySelector(".picture-button") ?? fieldsOf(block).find((one) => !one.matches("select"));
  const isEmpty = field === first && (field.matches("button") || !(field.value ?? field.textContent));
  const above = neighbor(block, -1), below = neighbor(block, 1);
  if (!isEmpty || isText(block) || !isBlank(block) || !drop(block)) return false;
  focusBlock(above ?? below ?? insert(entries.find(({ kind }) => kind === "text")), above ? "end" : "start");
  say(`Removed: ${block.dataset.name}.`);
  return true;
};

const PLACE = `editing:${location.pathname}`;
const isNew = location.pathname.endsWith("/add/"); // saved, it has another address
const save = () => {
  const all = blocks(), spot = { y: scrollY, block: all.indexOf(active), at: active && editorIn(active)?.state.selection.from };
  try { if (!isNew) sessionStorage.setItem(PLACE, JSON.stringify(spot)); } catch { /* not kept: the page opens at its beginning */ }
  form.querySelector("[name=_continue]")?.click();
};
// After Ctrl S the cursor is where it was.
const comeBack = () => {
  let spot = null;
  try { spot = JSON.parse(sessionStorage.getItem(PLACE)); sessionStorage.removeItem(PLACE); } catch { /* none */ }
  if (!spot || document.querySelector(".errornote")) return;
  scrollTo({ top: spot.y });
  const block = blocks()[spot.block];
  if (!block) return;
  if (spot.at && editorIn(block)) editorIn(block).commands.focus(spot.at, { scrollIntoView: false });
  else focusBlock(block);
};

document.addEventListener("keydown", (event) => {
  if (!form || event.defaultPrevented) return;
  const key = named(event);
  if (key === "Ctrl+s") {
    event.preventDefault();
    return event.target.closest("dialog") ? null : save(); // what is typed there is not in the form yet
  }
  const isHead = HEAD.includes(event.target.id);
  if (!flow?.contains(event.target) && !isHead) return null;
  const block = blockOf(event.target);
  if (block && KEYS[key] && !(event.target.matches("select") && !event.shiftKey && key.startsWith("Alt+Arrow"))) {
    event.preventDefault();
    event.stopPropagation();
    return KEYS[key](block);
  }
  if (key === "Backspace" && !event.repeat && block && takeBack(block, event.target)) return event.preventDefault();
  const isLine = isHead || event.target.matches("input:not([type=checkbox], [type=submit], .select2-search__field)");
  if (key === "Enter" && !event.shiftKey && !event.isComposing && isLine && !event.target.closest("dialog, .grid-input")) {
    event.preventDefault();
    return goOn(event.target);
  }
  return null;
}, { capture: true });

if (flow) {
  const begin = () => {
    for (const block of root.querySelectorAll(":scope > .blk")) dress(block);
    if (!blocks().length && entries.length) insert(entries.find(({ kind }) => kind === "text") ?? entries[0]);
    const places = blocks().map((block) => Number(fieldOf(block, "ordering")?.value));
    arrange({ isFirst: !places.some((place, i) => place <= places[i - 1]) }); // two may have added one at the same place
  };
  document.addEventListener("formset:added", (event) => {
    if (event.target.matches(".blk")) return dress(event.target);
    const position = event.target.querySelector?.("[name^='sources-'][name$='-position']");
    const others = [...document.querySelectorAll("[name^='sources-'][name$='-position']")].map(({ value }) => Number(value));
    if (position && !position.value) position.value = Math.max(0, ...others) + 1;
    return position?.closest(".inline-related").querySelector("[name$='-title']").focus();
  });
  flow.addEventListener("click", (event) => {
    const plus = event.target.closest("[data-insert]");
    if (plus) insertHere(plus, blockBefore(plus.parentElement));
  });
  flow.addEventListener("focusin", (event) => {
    const block = blockOf(event.target);
    if (!block || block === active) return;
    active?.classList.remove("on");
    active = block;
    if (!block.querySelector(":scope > .bar")) buildBar(block); // only now its editors are sure to be there
    block.classList.add("on");
  });
  flow.addEventListener("change", (event) => {
    const block = blockOf(event.target);
    if (block?.dataset.tone) {
      block.dataset.tone = fieldOf(block, "tone").value;
      nameIt(block);
      arrange();
    }
    if (block && event.target.matches("[data-choose]") && event.target.value) { // on to its caption
      const next = fieldsOf(block).find((field) => event.target.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (next?.value === "") next.focus();
    }
  });
  root.addEventListener("dragover", (event) => {
    const block = flow.dragged && blockOf(event.target);
    if (!block) return;
    event.preventDefault();
    clearMarks();
    block.classList.add(isLower(block, event) ? "over-end" : "over-top");
  });
  root.addEventListener("drop", (event) => {
    const block = flow.dragged && blockOf(event.target);
    if (!block) return;
    event.preventDefault();
    moveTo(flow.dragged, block, isLower(block, event));
    endDrag();
  });
  begin();
  addEventListener("load", () => setTimeout(comeBack));
}
