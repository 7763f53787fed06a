// The comments beside a text: words that are selected get a button that comments on them, a thread leads to its words,
// and the words are marked. The text is that of the editor, or that of the page in a frame. It is never changed: marks
// are highlights of the browser, or there are none.
import { blockWith, find, quoteOf, rangeOf, read, selectedIn } from "comment-words";

const MAX_QUOTE = 500;
const HIDDEN_FIELDS = ["hidden", "checkbox", "radio", "file", "number", "date"];
const frame = document.querySelector("[data-comment-page]");
const panel = () => document.querySelector("[data-comments]");
const threads = () => [...panel().querySelectorAll("[data-thread]")];
const textWindow = () => (frame ? frame.contentWindow : window);
const button = Object.assign(document.createElement("button"), { type: "button", className: "btn comment-here", textContent: "Comment", hidden: true });
let ranges = []; // of the words of open threads: [thread, range]

const fieldsOf = (block) => [...block.querySelectorAll(".ProseMirror[contenteditable=true], input, textarea")]
  .filter((field) => !HIDDEN_FIELDS.includes(field.type) && field.checkVisibility({ visibilityProperty: true }));

const regions = () => {
  if (frame) {
    const main = frame.contentDocument?.querySelector("main");
    return main ? [read(main, "page")] : [];
  }
  const head = ["title", "summary"].flatMap((name) => {
    const field = document.getElementById(`id_${name}`);
    return field ? [read(field, name)] : [];
  });
  const blocks = [...document.querySelectorAll(".blocks > .blk:not([hidden])")];
  return [...head, ...blocks.flatMap((block, number) => fieldsOf(block).map((field) => ({ ...read(field, String(number)), block })))];
};
const hasText = () => (frame ? Boolean(frame.contentDocument?.querySelector("main")) : Boolean(document.querySelector(".blocks")));

// --- marks ---

const mark = () => {
  if (!panel() || !hasText()) return;
  const all = regions();
  ranges = [];
  document.querySelectorAll("[data-commented]").forEach((field) => field.removeAttribute("data-commented"));
  for (const thread of threads()) {
    const found = find(all, thread.dataset);
    const isThere = Boolean(found ?? blockWith(all, thread.dataset));
    thread.querySelector("[data-gone]").hidden = isThere;
    thread.querySelector("[data-place-name]").hidden = !isThere;
    if (!found || thread.classList.contains("done")) continue;
    if (found.region.isField) found.region.part.dataset.commented = "";
    else ranges.push([thread, rangeOf(found)]);
  }
  const { CSS, Highlight } = textWindow();
  if (Highlight) CSS.highlights.set("comments", new Highlight(...ranges.map(([, range]) => range)));
};
let timer;
const markSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(mark, 400);
};

// Where a part of the text is in the window: the frame is as high as its page, and does not scroll.
const boxOf = (part) => {
  const { right, top, bottom } = part.getBoundingClientRect(), around = frame?.getBoundingClientRect() ?? { left: 0, top: 0 };
  return { right: around.left + right, top: around.top + top, bottom: around.top + bottom };
};
const center = (part) => {
  const { top, bottom } = boxOf(part);
  scrollBy({ top: (top + bottom - innerHeight) / 2 });
};

const say = (message) => { panel().querySelector("[data-failed]").textContent = message; };

const go = (thread) => {
  const all = regions(), found = find(all, thread.dataset), block = found ? null : blockWith(all, thread.dataset);
  say(found || block ? "" : "The words have changed: they are no longer in the text.");
  if (block) {
    all.find((region) => region.block === block).part.focus({ preventScroll: true });
    return center(block);
  }
  if (!found) return null;
  const { part } = found.region;
  part.focus({ preventScroll: true });
  if (found.region.isField) {
    part.setSelectionRange(found.region.from[found.start], found.region.to[found.end - 1]);
    return center(part);
  }
  const range = rangeOf(found);
  textWindow().getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  return center(range);
};

// --- a new comment ---

const selected = () => (panel()?.querySelector("[data-add]") && hasText() ? selectedIn(regions()) : null);

const offer = () => {
  const found = selected();
  button.hidden = !found;
  if (!found) return;
  const { right, bottom } = boxOf(found.region.isField ? found.region.part : rangeOf(found));
  button.style.left = `${Math.max(8, Math.min(right - button.offsetWidth, innerWidth - button.offsetWidth - 8))}px`;
  button.style.top = `${Math.max(8, Math.min(bottom + 8, innerHeight - button.offsetHeight - 72))}px`;
};
const point = () => {
  const { anchorNode, anchorOffset, isCollapsed } = textWindow().getSelection() ?? {};
  for (const [thread, range] of ranges) {
    thread.classList.toggle("on", Boolean(isCollapsed && anchorNode?.ownerDocument === range.startContainer.ownerDocument && range.isPointInRange(anchorNode, anchorOffset)));
  }
};
let asked;
const lookSoon = () => {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => { if (panel()) { offer(); point(); } });
};

const prepare = () => {
  const form = panel()?.querySelector("[data-add]");
  if (!form) return;
  form.querySelector("[data-how]").hidden = !hasText();
  const isSelected = Boolean(form.elements.is_selected.value);
  const quoted = form.querySelector("[data-quoted]");
  form.querySelector("[data-typed]").hidden = isSelected;
  quoted.hidden = !isSelected;
  quoted.textContent = form.elements.quote.value;
  form.querySelector("[data-cancel]").hidden = !isSelected;
};

const start = () => {
  const found = selected();
  if (!found) return false;
  const quote = quoteOf(found), form = panel().querySelector("[data-add]");
  document.dispatchEvent(new CustomEvent("open-panel", { detail: "comments" }));
  if (quote.quote.length > MAX_QUOTE) {
    say(`Select fewer words: ${MAX_QUOTE} characters at most.`);
    return true;
  }
  say("");
  for (const [name, value] of Object.entries({ ...quote, is_selected: "1", place: "" })) form.elements[name].value = value;
  prepare();
  form.querySelector("details").open = true;
  button.hidden = true;
  form.elements.text.focus();
  form.scrollIntoView({ block: "nearest" });
  return true;
};

const cancel = (form) => {
  for (const name of ["quote", "prefix", "suffix", "is_selected", "text"]) form.elements[name].value = "";
  prepare();
  form.querySelector("details").open = false;
};

// --- answers ---

// What was typed and not sent. After a sign-off there are no fields any more: then it is shown, to be copied.
const keepTyped = (fresh, posted, isDone) => {
  const old = panel().querySelector("[data-add]"), place = fresh.querySelector("[data-add]"), left = [];
  if (old && old !== posted && old.elements.text.value) {
    if (place) place.replaceWith(old);
    else left.push(old.elements.text.value);
  }
  for (const typed of panel().querySelectorAll("[data-thread] textarea")) {
    if (!typed.value || (isDone && posted.contains(typed))) continue;
    const field = fresh.querySelector(`#${typed.id}`);
    if (field) {
      field.value = typed.value;
      field.closest("details").open = true;
    } else if (!posted.contains(typed)) left.push(typed.value); // what was posted comes back with the answer
  }
  for (const innerText of left) {
    const told = Object.assign(document.createElement("p"), { textContent: "You typed, and it is not saved:" });
    fresh.querySelector("header").after(told, Object.assign(document.createElement("blockquote"), { innerText }));
  }
};

const send = async (form) => {
  const submit = form.querySelector("[type=submit]"), thread = form.closest("[data-thread]")?.id;
  submit.disabled = true;
  try {
    const answer = await fetch(`${form.getAttribute("action")}?panel`, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-comments]");
    if (!fresh) throw new Error(answer.status);
    keepTyped(fresh, form, answer.ok);
    panel().replaceWith(fresh);
    prepare();
    mark();
    const place = answer.ok ? (thread && document.getElementById(thread)) || fresh : fresh.querySelector(".errorlist") ?? fresh;
    place.setAttribute("tabindex", "-1");
    place.focus();
  } catch ({ message }) {
    submit.disabled = false;
    say(message === "403" // the token is that of the former sign-in
      ? "Not saved: you signed in again since you opened this page, or may no longer comment. Copy your words, and reload the page."
      : "Not saved: the server could not be reached, or you are signed out. Your words are still here. Try again.");
  }
};

// --- what is listened to ---

const watch = (view) => {
  view.document.addEventListener("selectionchange", lookSoon);
  view.addEventListener("scroll", lookSoon, { passive: true, capture: true });
  view.document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyM" && start()) event.preventDefault();
  });
};

// A link of the page in the frame back to this one, whose address need not be that of the link: after an action that was
// refused, or with the filters of the list. Followed as it is, it would load the page anew, without what was typed.
const goBack = (link) => {
  const target = document.getElementById(link.hash.slice(1));
  target?.focus();
  return Boolean(target);
};

// The page in the frame: marked, as high as it is, and its links open beside this one.
const fit = () => {
  frame.style.height = "20rem";
  frame.style.height = `${frame.contentDocument.documentElement.scrollHeight}px`;
};
const show = () => {
  const page = frame.contentDocument;
  if (!page?.querySelector("main") || page.documentElement.dataset.shown) return;
  page.documentElement.dataset.shown = "";
  page.head.append(Object.assign(page.createElement("link"), { rel: "stylesheet", href: frame.dataset.commentPage }));
  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    if (link.matches(".to-changes")) {
      if (goBack(link)) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (/^https?:/.test(link.href)) open(link.href, "_blank", "noopener");
  });
  watch(frame.contentWindow);
  addEventListener("resize", fit);
  fit();
  prepare();
  mark();
};

if (panel()) {
  document.body.append(button);
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("click", start);
  watch(window);
  addEventListener("resize", lookSoon);
  document.addEventListener("input", ({ target }) => { if (!target.closest?.("[data-comments]")) markSoon(); });
  document.addEventListener("autosaved", markSoon);
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-comments]")) return;
    event.preventDefault();
    send(event.target);
  }, { capture: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-to-words]");
    if (link && hasText()) {
      event.preventDefault();
      go(link.closest("[data-thread]"));
    }
    const form = event.target.closest?.("[data-cancel]")?.form;
    if (form) cancel(form);
  });
  addEventListener("beforeunload", (event) => {
    if ([...panel().querySelectorAll("textarea")].some(({ value }) => value)) event.preventDefault();
  });
  prepare();
  if (frame) {
    frame.addEventListener("load", show);
    if (frame.contentDocument?.readyState === "complete") show();
  } else addEventListener("load", () => setTimeout(mark)); // first the boxes of the editor are filled
}
