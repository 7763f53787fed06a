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
};

document.addEventListener("keydown", (event) => {
  if (!["Enter", " "].includes(event.key) || !event.target.matches?.(CLICK_ONLY)) return;
  event.preventDefault();
  const opens = event.target.matches(".order-machine-insert-target");
  const before = new Set(document.querySelectorAll(".order-machine .inline-related"));
  event.target.click();
  const added = [...document.querySelectorAll(".order-machine .inline-related")].find((block) => !before.has(block));
  if (opens) document.querySelector(".plugin-button[data-plugin-prefix]:not(.hidden)")?.focus();
  else added?.querySelector("select, textarea:not([hidden]), input:not([type=hidden]), [contenteditable]")?.focus();
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
