// The page of one review: shows at once, on the right, what readers would see without the parts that are checked or
// selected. The server will put the same labels there. Only spans in code points leave the page. The page lists the keys.
const root = document.querySelector("[data-moderate]");
const original = root?.querySelector("[data-original]");
const shown = root?.querySelector("[data-shown]");
const list = root?.querySelector("[data-matches]");
const status = root?.querySelector("[data-status]");

const withoutLabels = (part) => {
  part.querySelectorAll("[data-label]").forEach((label) => label.remove());
  return part.textContent;
};
const words = original ? withoutLabels(original.cloneNode(true)) : "";
const points = Array.from(words); // code points, as the server counts them
const say = (line) => { if (status) status.textContent = line; };

// --- spans, in code points -------------------------------------------------------------------------------------------

const spanOf = (input) => {
  const [start, end, kind] = input.value.split("-");
  return { start: Number(start), end: Number(end), kind, input };
};
const spans = () => [...list.querySelectorAll("input")].map(spanOf).sort((one, other) => one.start - other.start || other.end - one.end);
const textOf = ({ start, end }) => points.slice(start, end).join("");

// overlapping spans become one, as in testimonials/admin/redaction_spans.py
const merged = () => spans().filter(({ input }) => input.checked).reduce((spans, span) => {
  const last = spans.at(-1);
  if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
  else spans.push({ ...span });
  return spans;
}, []);

// as in testimonials/moderation/redaction.py: neighbors of one kind with only blanks between share a label
const redact = (removals) => {
  const parts = [];
  let [end, before] = [0, null];
  for (const { start, end: until, kind } of removals) {
    const between = points.slice(end, start).join("");
    if (kind !== before || between.trim()) parts.push(between, Object.assign(element("em", labels[kind]), { className: "put" }));
    [end, before] = [until, kind];
  }
  return [...parts, points.slice(end).join("")];
};

// --- the two sides ---------------------------------------------------------------------------------------------------

const tools = root?.querySelector("[data-marks]");
const labels = tools ? JSON.parse(tools.dataset.marks) : {};
const kinds = tools ? JSON.parse(tools.dataset.kinds) : {};

const element = (name, text = "", data = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made.dataset, data);
  return made;
};

const staying = root?.querySelector("[data-stays]"); // above the button that publishes: what was found and stays in
const changeCount = root?.querySelector("[data-changes]");
const draw = () => {
  const removals = merged();
  const result = redact(removals), changes = result.filter((part) => part instanceof Element).length;
  shown.replaceChildren(...result);
  changeCount.textContent = `${changes} ${changes === 1 ? "change" : "changes"}`;
  changeCount.hidden = !changes;
  const left = spans().filter((span) => !span.input.checked && !removals.some((one) => one.start < span.end && span.start < one.end));
  const stays = left.filter((span) => !("hint" in span.input.dataset)).map((span) => `“${textOf(span)}”`);
  staying.hidden = !stays.length;
  staying.querySelector("b").textContent = stays.join(", ");
  const pieces = [...removals.map((span) => ({ ...span, isOut: true })), ...left].sort((one, other) => one.start - other.start);
  original.replaceChildren();
  let at = 0;
  for (const span of pieces) {
    if (span.start < at) continue;
    const mark = element("mark", textOf(span), { mark: span.input.value });
    mark.classList.toggle("out", Boolean(span.isOut));
    mark.classList.toggle("soft", !span.isOut && "hint" in span.input.dataset);
    mark.append(element("small", (span.isOut ? "out: " : "") + kinds[span.kind], { label: "" }));
    original.append(points.slice(at, span.start).join(""), mark);
    at = span.end;
  }
  original.append(points.slice(at).join(""));
};

const past = []; // what was checked before each change
let now = "";
const checked = () => spans().filter(({ input }) => input.checked).map(({ input }) => input.value);
const changed = (line) => {
  past.push(now);
  now = checked().join(" ");
  undoing.hidden = false;
  draw();
  say(line);
};

const listed = ({ start, end, kind }) => {
  const value = `${start}-${end}-${kind}`;
  const known = [...list.querySelectorAll("input")].find((input) => input.value === value);
  if (known) return known;
  const [item, label, input, line, phrase, strong] = ["li", "label", "input", "span", "span", "b"].map((name) => element(name));
  Object.assign(input, { type: "checkbox", name: "approve-span", value });
  strong.textContent = textOf({ start, end });
  strong.dir = "auto";
  phrase.append("Take out “", strong, "”");
  line.append(phrase, " ", element("small", kinds[kind]));
  label.append(input, " ", line);
  item.append(label);
  const after = spans().find((span) => span.start > start);
  list.insertBefore(item, after ? after.input.closest("li") : null);
  root.querySelector("[data-none]")?.remove();
  return input;
};

// --- what is selected ------------------------------------------------------------------------------------------------

let selected = null; // UTF-16 places in the words
const placeOf = (node, offset) => {
  const range = document.createRange();
  range.setStart(original, 0);
  range.setEnd(node, offset);
  return withoutLabels(range.cloneContents()).length;
};
const remember = () => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(original)) return;
  if (range.collapsed) {
    if (original.contains(range.startContainer)) selected = null;
    return;
  }
  const isInside = (node) => original.contains(node);
  const start = isInside(range.startContainer) ? placeOf(range.startContainer, range.startOffset) : 0;
  const end = isInside(range.endContainer) ? placeOf(range.endContainer, range.endOffset) : words.length;
  selected = [start, end];
};

// whole characters only: an emoji is never cut in two
const widened = ([start, end]) => {
  while (start < end && !words[start].trim()) start += 1;
  while (end > start && !words[end - 1].trim()) end -= 1;
  if (start >= end) return null;
  if (!Intl.Segmenter) return [start, end];
  let [from, to] = [start, end];
  for (const { index, segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(words)) {
    const behind = index + segment.length;
    if (index < start && start < behind) from = index;
    if (index < end && end < behind) to = behind;
  }
  return [from, to];
};
const inPoints = (place) => Array.from(words.slice(0, place)).length;

const takeOut = () => {
  const focused = document.activeElement;
  if (!selected && list.contains(focused) && focused.type === "checkbox") return focused.click();
  const span = selected && widened(selected);
  if (!span) return say("Select some words on the left first.");
  const kind = tools.querySelector("select").value || "name";
  const input = listed({ start: inPoints(span[0]), end: inPoints(span[1]), kind });
  input.checked = true;
  selected = null;
  getSelection().removeAllRanges();
  return changed(`Taken out: “${words.slice(...span)}”.`);
};

const takeOutAll = () => {
  const left = [...list.querySelectorAll("input:not(:checked, [data-hint])")];
  if (!left.length) return say("All matches are already taken out. Hints are for you to decide.");
  left.forEach((input) => { input.checked = true; });
  return changed(`Taken out: ${left.length} ${left.length === 1 ? "match" : "matches"}.`);
};
const nextMatch = () => {
  const boxes = [...list.querySelectorAll("input")];
  if (!boxes.length) return say("There are no matches. Read the review anyway.");
  return focusOn(boxes[(boxes.indexOf(document.activeElement) + 1) % boxes.length]);
};

const undo = () => {
  if (!past.length) return;
  now = past.pop();
  const values = new Set(now.split(" "));
  list.querySelectorAll("input").forEach((input) => { input.checked = values.has(input.value); });
  undoing.hidden = !past.length;
  draw();
  say("Undone.");
};
const undoing = root?.querySelector("[data-undo]");

if (original && shown && list && tools) {
  now = checked().join(" ");
  document.addEventListener("selectionchange", remember);
  list.addEventListener("change", ({ target }) => changed(`${target.checked ? "Taken out" : "Left in"}: “${textOf(spanOf(target))}”.`));
  original.addEventListener("click", ({ target }) => {
    const mark = target.closest("mark");
    if (!mark || !getSelection().isCollapsed) return;
    [...list.querySelectorAll("input")].find((input) => input.value === mark.dataset.mark)?.click();
  });
  root.querySelectorAll("[data-take]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", takeOut);
  });
  root.querySelectorAll("[data-take-all]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", takeOutAll);
  });
  undoing.addEventListener("click", undo);
  draw();
}

// --- ready-made wording: inserted as if typed, so that the browser can undo it ------------------------

root?.querySelectorAll("[data-wording]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = root.querySelector("#act-reply textarea");
    field.focus();
    field.select();
    document.execCommand("insertText", false, button.previousElementSibling.textContent);
  });
});

// --- keys ------------------------------------------------------------------------------------------------------------

const OFF = "moderate-keys-off";
const help = root?.querySelector("[data-keys]");
const go = (selector) => document.querySelector(selector)?.click(); // they stand above the form
const focusOn = (part) => {
  part?.scrollIntoView({ block: "center" });
  part?.focus();
};
const KEYS = {
  j: () => go("[data-next]"),
  k: () => go("[data-previous]"),
  n: () => list && nextMatch(),
  t: () => list && takeOutAll(),
  r: () => list && takeOut(),
  u: () => list && undo(),
  d: () => focusOn(root.querySelector("#act-propose select, [data-act=decline]")),
  a: () => {
    const button = root.querySelector("[data-act=approve]");
    if (!button) return;
    if (document.activeElement === button) button.click();
    else {
      focusOn(button);
      say("Press a again to publish this review.");
    }
  },
  "?": () => {
    help.open = !help.open;
    focusOn(help.querySelector("summary"));
  },
};
const isTyping = (target) => target.closest("textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable]");

if (help) {
  const on = help.querySelector("[data-keys-on]");
  help.hidden = false;
  on.checked = localStorage.getItem(OFF) === null;
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey, repeat } = event;
    if (!on.checked || ctrlKey || metaKey || altKey || repeat || isTyping(target) || !KEYS[key]) return;
    event.preventDefault();
    KEYS[key]();
  });
}
