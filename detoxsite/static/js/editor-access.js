// Makes the block editor accessible by keyboard and screen reader: text boxes are named by their label, and controls
// that only work with a mouse can be reached with Tab and pressed.
const CLICK_ONLY = ".order-machine-insert-target, .plugin-button[data-plugin-prefix]";

const addRoles = () => {
  for (const box of document.querySelectorAll(".ProseMirror[contenteditable]:not([aria-label])")) {
    const label = box.closest(".form-row, .field-body")?.querySelector("label");
    box.setAttribute("aria-label", (label?.textContent || "Text").replace(":", "").trim());
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-multiline", "true");
  }
  for (const control of document.querySelectorAll(CLICK_ONLY)) {
    if (control.hasAttribute("tabindex")) continue;
    control.setAttribute("tabindex", "0");
    control.setAttribute("role", "button");
    if (!control.textContent.trim()) control.setAttribute("aria-label", "Add a block here");
  }
  for (const choice of document.querySelectorAll(".prose-editor-dialog select[name=withHeaderRow]:not([data-chosen])")) {
    choice.value = "Yes"; // a table without one cannot be read aloud
    choice.dataset.chosen = "";
  }
  // the title of a link is not stored: it cannot be read by touch or keyboard
  for (const title of document.querySelectorAll(".prose-editor-dialog form:has([name=href]) [name=title]")) {
    title.closest(".prose-editor-dialog-field").hidden = true;
  }
};

// The editor orders the blocks by CSS alone; in the document they are grouped by kind, and Tab follows the document.
// So the blocks are moved to where they are seen, around the one with the focus, which would lose it if it moved.
const arrangeBlocks = () => {
  const machine = document.querySelector(".order-machine");
  if (!machine) return;
  const all = [...machine.querySelectorAll(":scope > .inline-related")];
  const blocks = all.filter((block) => !block.matches(".empty-form")).sort((a, b) => a.style.order - b.style.order);
  for (const block of blocks) {
    const plus = block.querySelector(":scope > .order-machine-insert-target:not(:first-child)");
    if (plus && plus !== document.activeElement) block.prepend(plus);
  }
  const last = machine.querySelector(":scope > .order-machine-insert-target.last");
  const order = [...blocks, last, ...all.filter((block) => block.matches(".empty-form"))];
  const focused = Math.max(0, order.findIndex((part) => part.contains(document.activeElement)));
  for (let i = focused - 1; i >= 0; i--) if (order[i].nextElementSibling !== order[i + 1]) order[i + 1].before(order[i]);
  for (let i = focused + 1; i < order.length; i++) if (order[i - 1].nextElementSibling !== order[i]) order[i - 1].after(order[i]);
};

// After a removal, Django numbers the rest in document order, and saved blocks must keep the first numbers.
const restoreFormOrder = (prefix) => {
  const number = (block) => Number(block.id.slice(prefix.length + 1));
  const blocks = [...document.querySelectorAll(`.order-machine > .inline-related[id^="${prefix}-"]:not(.empty-form)`)]
    .filter((block) => !Number.isNaN(number(block)));
  document.querySelector(".order-machine")?.append(...blocks.sort((a, b) => number(a) - number(b)));
};

const FIELDS = "fieldset :is(input:not([type=hidden]), textarea, select:not(.select2-hidden-accessible), .select2-selection, .ProseMirror[contenteditable=true])";
const focusFirstField = (added) => [...added.querySelectorAll(FIELDS)].find((field) => field.checkVisibility({ visibilityProperty: true }))?.focus();

// after the editors of the new block have filled it
document.addEventListener("formset:added", (event) => setTimeout(() => {
  arrangeBlocks();
  focusFirstField(event.target);
}));
document.addEventListener("formset:removed", (event) => {
  restoreFormOrder(event.detail.formsetName);
  setTimeout(arrangeBlocks);
});
document.addEventListener("dragend", () => setTimeout(arrangeBlocks));
document.addEventListener("content-editor:ready", arrangeBlocks);
if (document.querySelector(".order-machine .fs-draggable")) arrangeBlocks(); // it was ready first

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".plugin-buttons-visible .order-machine-insert-target.selected")?.focus();
  if (!["Enter", " "].includes(event.key) || !event.target.matches?.(CLICK_ONLY)) return;
  event.preventDefault();
  const opens = event.target.matches(".order-machine-insert-target");
  event.target.click();
  if (opens) document.querySelector(".plugin-buttons-visible .plugin-button[data-plugin-prefix]:not(.content-editor-hide)")?.focus();
});
new MutationObserver(addRoles).observe(document.body, { childList: true, subtree: true });
addRoles();

// An object action (send, take back) works on the saved version. Ask before it leaves unsaved changes behind.
const form = document.querySelector("#content-main form[id$='_form']");
const formData = () => form && new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
let saved;
addEventListener("load", () => setTimeout(() => { // first the editor fills its boxes and restores the scroll position
  saved = formData();
  document.querySelector("#content-main .errorlist")?.scrollIntoView({ block: "center" });
}, 500));
let isLeaving = false;
document.addEventListener("submit", (event) => { isLeaving = !event.defaultPrevented; });
addEventListener("beforeunload", (event) => {
  if (!isLeaving && saved !== undefined && formData() !== saved) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".act") || saved === undefined || formData() === saved) return;
  if (confirm("You have unsaved changes. Continue without them?")) return;
  event.preventDefault();
  isLeaving = false;
});
