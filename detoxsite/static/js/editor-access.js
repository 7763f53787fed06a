// The block editor of the article desk, for people who use a keyboard or a screen reader: its text boxes get the
// words of their label as a name, and what it offers only to a mouse can be reached with Tab and pressed.
const CLICK_ONLY = ".order-machine-insert-target, .plugin-button[data-plugin-prefix]";

const improve = () => {
  for (const box of document.querySelectorAll(".ProseMirror:not([aria-label])")) {
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
  event.target.click();
  document.querySelector(".plugin-button[data-plugin-prefix]:not(.hidden)")?.focus();
});
new MutationObserver(improve).observe(document.body, { childList: true, subtree: true });
improve();
