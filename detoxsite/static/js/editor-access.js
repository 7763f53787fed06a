// The block editor of the article desk, for people who use a keyboard or a screen reader: its text boxes get the
// words of their label as a name, and what it offers only to a mouse can be reached with Tab and pressed.
const CLICK_ONLY = ".order-machine-insert-target, .plugin-button[data-plugin-prefix]";

const improve = () => {
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
};

// The editor shows the blocks in their order by CSS alone; in the page they stand kind by kind, and Tab goes by the page.
// So they are put where they are seen, around the one that holds the focus, which would lose it if it moved.
const arrange = () => {
  const machine = document.querySelector(".order-machine");
  if (!machine) return;
  const all = [...machine.querySelectorAll(":scope > .inline-related")];
  const blocks = all.filter((block) => !block.matches(".empty-form")).sort((a, b) => a.style.order - b.style.order);
  for (const block of blocks) {
    const plus = block.querySelector(":scope > .order-machine-insert-target:not(:first-child)");
    if (plus && plus !== document.activeElement) block.prepend(plus);
  }
  const last = machine.querySelector(":scope > .order-machine-insert-target.last");
  const wanted = [...blocks, last, ...all.filter((block) => block.matches(".empty-form"))];
  const stays = Math.max(0, wanted.findIndex((part) => part.contains(document.activeElement)));
  for (let i = stays - 1; i >= 0; i--) if (wanted[i].nextElementSibling !== wanted[i + 1]) wanted[i + 1].before(wanted[i]);
  for (let i = stays + 1; i < wanted.length; i++) if (wanted[i - 1].nextElementSibling !== wanted[i]) wanted[i - 1].after(wanted[i]);
};

// Django numbers what is left after a removal by its place in the page, and saved blocks have to keep the first numbers.
const byNumber = (prefix) => {
  const number = (block) => Number(block.id.slice(prefix.length + 1));
  const blocks = [...document.querySelectorAll(`.order-machine > .inline-related[id^="${prefix}-"]:not(.empty-form)`)]
    .filter((block) => !Number.isNaN(number(block)));
  document.querySelector(".order-machine")?.append(...blocks.sort((a, b) => number(a) - number(b)));
};

const FIELDS = "fieldset :is(input:not([type=hidden]), textarea, select:not(.select2-hidden-accessible), .select2-selection, .ProseMirror[contenteditable=true])";
const enter = (added) => [...added.querySelectorAll(FIELDS)].find((field) => field.checkVisibility({ visibilityProperty: true }))?.focus();

// after the editors of the new block have filled it
document.addEventListener("formset:added", (event) => setTimeout(() => {
  arrange();
  enter(event.target);
}));
document.addEventListener("formset:removed", (event) => {
  byNumber(event.detail.formsetName);
  setTimeout(arrange);
});
document.addEventListener("dragend", () => setTimeout(arrange));
document.addEventListener("content-editor:ready", arrange);
if (document.querySelector(".order-machine .fs-draggable")) arrange(); // it was ready first

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".plugin-buttons-visible .order-machine-insert-target.selected")?.focus();
  if (!["Enter", " "].includes(event.key) || !event.target.matches?.(CLICK_ONLY)) return;
  event.preventDefault();
  const opens = event.target.matches(".order-machine-insert-target");
  event.target.click();
  if (opens) document.querySelector(".plugin-buttons-visible .plugin-button[data-plugin-prefix]:not(.content-editor-hide)")?.focus();
});
new MutationObserver(improve).observe(document.body, { childList: true, subtree: true });
improve();

// A step (send, take back) works on what was saved. With unsaved changes, ask before it leaves them behind.
const form = document.querySelector("#content-main form[id$='_form']");
const typed = () => form && new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
let saved;
addEventListener("load", () => setTimeout(() => { // the editor fills its boxes, and scrolls to where it was, first
  saved = typed();
  document.querySelector("#content-main .errorlist")?.scrollIntoView({ block: "center" });
}, 500));
let leaving = false;
document.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
addEventListener("beforeunload", (event) => {
  if (!leaving && saved !== undefined && typed() !== saved) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".act") || saved === undefined || typed() === saved) return;
  if (confirm("You have changes that are not saved. Go on without them?")) return;
  event.preventDefault();
  leaving = false;
});
