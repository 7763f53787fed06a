// A finding of the editorial checks that is pressed selects its words in the form, opens their block and takes the focus
// there. The checks read plain text, so words and fields are compared letter by letter: without tags, invisible
// characters, accents and case. The pages that only show a text do the same on the server: articles/content/marks.py.
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}]$/u;
const BLANK = /^[\s\u2800]$/u;
const HIDDEN_FIELDS = ["hidden", "checkbox", "radio", "file"];
const said = Object.assign(document.createElement("p"), { className: "said" });
said.setAttribute("role", "status");

let lookAlikes = {};
const readLookAlikes = () => {
  const [like = "", latin = ""] = document.querySelector("[data-look-alikes]")?.dataset.lookAlikes.split(" ") ?? [];
  lookAlikes = Object.fromEntries([...like].map((letter, i) => [letter, latin[i]]));
};

const lettersOf = (character) => {
  if (BLANK.test(character)) return " ";
  return [...(lookAlikes[character] ?? character).normalize("NFKD").toLowerCase()]
    .filter((letter) => !INVISIBLE.test(letter))
    .map((letter) => (/[\p{Pd}\u2212]/u.test(letter) ? "-" : /[\u02bc\u2018\u2019\u201b]/.test(letter) ? "'" : letter)).join("");
};

// A text as letters, each with the place where its character begins and ends; runs of space count as one.
const reader = () => {
  const letters = { text: "", from: [], to: [] };
  const add = (characters, node, offset = 0) => {
    for (const character of characters) {
      const end = offset + character.length;
      for (const letter of lettersOf(character)) {
        if (letter === " " && (!letters.text || letters.text.endsWith(" "))) continue;
        letters.text += letter;
        for (let i = 0; i < letter.length; i++) { letters.from.push([node, offset]); letters.to.push([node, end]); }
      }
      offset = end;
    }
  };
  return { letters, add };
};

const INLINE = "a, b, del, em, i, ins, mark, s, span, strong, sub, sup, u";
const readBox = (box) => {
  const { letters, add } = reader();
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return add(node.data, node);
    if (node.nodeType !== Node.ELEMENT_NODE) return null;
    node.childNodes.forEach(walk);
    if (!node.matches(INLINE)) add(" ", node); // the end of a paragraph, an item, a cell or a line
    return null;
  };
  walk(box);
  return letters;
};
const readField = (field) => {
  const { letters, add } = reader();
  add(field.value, field);
  return letters;
};
const plain = (text) => {
  const { letters, add } = reader();
  add(text.replace(/^[\s…]+|[\s…]+$/g, ""));
  return letters.text.trim();
};

// An excerpt may have the address of a link behind it, or the number of a source before it, of several the first.
const readings = (excerpt) => [excerpt, excerpt.replace(/ \([^() ]*\)$|^\[\d+\] /, ""), /^\[\d+\] ([^,]+)/.exec(excerpt)?.[1] ?? ""];

// Where the words of a finding are in the text: inside its excerpt, or else by themselves.
const find = (text, { match, excerpt, nth }) => {
  const words = plain(match);
  for (const around of readings(excerpt).map(plain).filter(Boolean)) {
    let start = -1;
    for (let n = 0; n <= Number(nth); n++) {
      const following = text.indexOf(around, start + 1);
      if (following < 0) break;
      start = following;
    }
    const part = words && around.includes(words) ? words : around;
    if (start >= 0) return [start + around.indexOf(part), start + around.indexOf(part) + part.length];
  }
  if (!words) return null;
  const escaped = words.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  const alone = [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "gu"))];
  const found = alone[Math.min(Number(nth), alone.length - 1)];
  return found ? [found.index, found.index + words.length] : null;
};

const center = (top, bottom) => scrollBy({ top: (top + bottom - innerHeight) / 2 });

const selectInBox = (box, letters, [start, end]) => {
  const range = document.createRange();
  range.setStart(...letters.from[start]);
  range.setEnd(...letters.to[end - 1]);
  const select = () => getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  box.focus({ preventScroll: true });
  select();
  const { top, bottom } = range.getBoundingClientRect();
  center(top, bottom);
};

const selectInField = (field, letters, [start, end]) => {
  field.focus({ preventScroll: true });
  try {
    field.setSelectionRange(letters.from[start][1], letters.to[end - 1][1]);
  } catch { field.select?.(); } // a number or a date
  if (field.matches("textarea")) { // it scrolls to the selection when it takes the focus
    field.blur();
    field.focus({ preventScroll: true });
  }
  const { top, bottom } = field.getBoundingClientRect();
  center(top, bottom);
};

const open = (part) => {
  part.closest("details:not([open])")?.setAttribute("open", "");
};

const fieldsOf = (part) => {
  if (part.matches("input, textarea")) return [part];
  return [...part.querySelectorAll(".ProseMirror[contenteditable=true], input, textarea")]
    .filter((field) => !HIDDEN_FIELDS.includes(field.type) && field.checkVisibility({ visibilityProperty: true }));
};

const say = (message) => {
  said.textContent = message;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 10000);
};

const show = (link) => {
  const part = document.getElementById(link.hash.slice(1));
  if (!part) return say("That part of the text is no longer here.");
  open(part);
  for (const fold of part.querySelectorAll("details.folded")) if ([...fold.querySelectorAll("input")].some(({ value }) => value)) fold.open = true;
  const fields = fieldsOf(part);
  for (const field of fields) {
    const isBox = field.matches(".ProseMirror");
    const letters = isBox ? readBox(field) : readField(field);
    const found = find(letters.text, link.dataset);
    if (!found) continue;
    (isBox ? selectInBox : selectInField)(field, letters, found);
    return say("");
  }
  const first = fields[0] ?? part.querySelector("a[href], button, select, [tabindex]");
  first?.focus({ preventScroll: true });
  const { top, bottom } = part.getBoundingClientRect();
  center(top, Math.min(bottom, top + innerHeight));
  return say(link.dataset.excerpt ? "These words are not in this part of the form. The focus is at its beginning." : "");
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-finding]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  readLookAlikes();
  show(link);
});
// F8 goes on to the next finding, from wherever the cursor is, and with Shift to the one before.
let last = null; // its words: the list is drawn anew while somebody types
const named = (link) => `${link.hash} ${link.textContent} ${link.dataset.nth}`;
document.addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
  const links = [...document.querySelectorAll("a[data-finding]")], step = event.shiftKey ? -1 : 1;
  if (!document.querySelector("[data-findings]")) return;
  event.preventDefault();
  if (!links.length) return say("The checks have found nothing here.");
  const place = links.findIndex((link) => named(link) === last?.name);
  const next = place >= 0 ? place + step : Math.min(last?.place ?? 0, links.length - 1);
  const link = links[(next + links.length) % links.length];
  last = { name: named(link), place: links.indexOf(link) };
  readLookAlikes();
  show(link);
  return said.textContent ? null : say(link.closest("li").innerText.split("\n")[0].slice(0, 200));
});
if (document.querySelector("[data-findings]")) document.body.append(said);
