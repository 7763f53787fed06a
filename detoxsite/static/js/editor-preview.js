// The page as readers would see it, beside the text or in its place, at the width of a phone or a desk. It is made of
// what was autosaved last, so it follows the typing within seconds, and it scrolls to the block that is being written.
const pane = document.querySelector("[data-preview]");
const bar = document.querySelector("[data-views]");
const form = document.querySelector("#edition_form");
const page = pane?.closest(".object-page");
const DESK = 1280; // pixels
const KEPT = "editor-view";
let shown = null, coming = null, isWanted = false, number = 0;

const isOpen = () => page.dataset.view !== "write";
const stored = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
const store = (view) => { try { localStorage.setItem(KEPT, view); } catch { /* a private window */ } };

const scale = () => {
  const room = pane.querySelector(".paper").clientWidth;
  for (const frame of pane.querySelectorAll("iframe")) frame.style.zoom = pane.dataset.width === "desk" ? String(Math.min(1, room / DESK)) : "";
};

// Links of the page open in a tab of their own: in the frame they would take the text's place.
const watchLinks = (frame) => frame.contentDocument?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (/^https?:/.test(link.href)) open(link.href, "_blank", "noopener");
});

const follow = () => {
  const words = document.querySelector(".blk.on :is(.ProseMirror, textarea, input[type=text])");
  const start = (words?.value ?? words?.textContent ?? "").trim().slice(0, 30);
  const found = start && [...shown?.contentDocument?.querySelectorAll("main :is(h2, h3, p, li, td, th, figcaption)") ?? []].find((part) => part.textContent.trim().startsWith(start));
  if (found) shown.contentWindow.scrollTo({ top: found.getBoundingClientRect().top + shown.contentWindow.scrollY - 80 });
};

// The next page is loaded behind the one that is shown, so that nothing flickers.
const load = () => {
  if (!isOpen()) return;
  if (coming) { isWanted = true; return; }
  const frame = Object.assign(document.createElement("iframe"), { title: "Preview", className: "coming" });
  coming = frame;
  number += 1;
  frame.addEventListener("load", () => {
    const top = shown?.contentDocument ? shown.contentWindow.scrollY : 0; // none if it could not be loaded
    shown?.remove();
    shown = frame;
    coming = null;
    frame.className = "";
    if (frame.contentDocument) frame.contentWindow.scrollTo(0, top);
    watchLinks(frame);
    if (isWanted) { isWanted = false; load(); }
  }, { once: true });
  frame.src = `${pane.dataset.preview}?page=${encodeURIComponent(form.elements._page.value)}&n=${number}`;
  pane.querySelector(".paper").append(frame);
  scale();
};

const press = (name, value) => bar.querySelectorAll(`[data-${name}]`).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset[name] === value)));

const show = (view) => {
  page.dataset.view = view;
  pane.hidden = view === "write";
  bar.querySelector("[data-widths]").hidden = view === "write";
  press("view", view);
  if (isOpen()) load();
};
const widen = (width) => {
  pane.dataset.width = width;
  press("width", width);
  scale();
};

if (pane && bar && form) {
  bar.hidden = false;
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.view) { show(button.dataset.view); store(button.dataset.view); }
    if (button?.dataset.width) widen(button.dataset.width);
  });
  widen("phone");
  show(stored() === "both" && matchMedia("(min-width: 70rem)").matches ? "both" : "write");
  document.addEventListener("autosaved", load);
  document.addEventListener("focusin", ({ target }) => { if (target.closest?.(".blk")) follow(); });
  addEventListener("resize", scale);
}
