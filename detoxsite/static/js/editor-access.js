// Makes the rich-text editors accessible by screen reader, and asks before unsaved changes are
// left behind.

// The editor adds its styles to the page by script, which the policy forbids; css/editor.css has them. It adds none where
// it finds an element of this name, and one that is not HTML is no style sheet to the browser either.
const styles = document.createElementNS("", "style");
for (const name of ["data-tiptap-style", "data-tiptap-extension-invisible-characters-style"]) styles.setAttribute(name, "");
document.head.append(styles);

const addRoles = () => {
  for (const box of document.querySelectorAll(".ProseMirror[contenteditable]:not([aria-label])")) {
    const label = box.closest(".form-row, .field-body")?.querySelector("label");
    box.setAttribute("aria-label", (label?.textContent || "Text").replace(":", "").trim());
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-multiline", "true");
  }
};
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
  if (event.defaultPrevented || !event.target.matches(".act") || saved === undefined || formData() === saved) return;
  if (confirm("You have unsaved changes. Continue without them?")) return;
  event.preventDefault();
  isLeaving = false;
});
