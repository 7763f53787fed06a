// The rich-text boxes of the article desk have no name for a screen reader: give each the words of its label.
const nameBoxes = () => {
  for (const box of document.querySelectorAll(".ProseMirror:not([aria-label])")) {
    const label = box.closest(".form-row, .field-body")?.querySelector("label");
    box.setAttribute("aria-label", (label?.textContent || "Text").replace(":", "").trim());
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-multiline", "true");
  }
};

new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
nameBoxes();
