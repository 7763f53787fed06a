// Cleans the HTML of a clipboard before the editor reads it: word processors write emphasis, headings and lists in
// their own ways. What comes out has the elements of articles/rich_text/elements.py; the server cleans again on every save.
import { isNamed } from "citation";
import {
  BLANK, BLOCK, CONTAINER, HEADING, all, create, isBlank, isBlock, lines, nodesOf, parse, readStyleSheets, rename, styleOf,
  unwrap,
} from "paste-dom";
import { convertTypedLists, convertWebLists, convertWordLists, nest } from "paste-lists";

const JUNK = "head, script, style, title, meta, link, xml, hr, col, colgroup, iframe, video, audio, object, embed, svg, math, "
  + "button, input, select, textarea, [data-style*='mso-element:comment'], .msocomanchor, .msocomtxt, a[href^='#cmnt']";
const DELETED = "del, s, strike, [hidden], .TrackChangeTextDeletion";
const KEPT = { A: ["href"], OL: ["start", "type"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"] };
const isDeleted = (element) => element.matches(DELETED) || styleOf(element, "display") === "none"
  || styleOf(element, "mso-hide") === "all" || /line-through/.test(styleOf(element, "text-decoration(?:-line)?"));
const READERS = { // what an element says of its text: true, false, or undefined to ask the one around it
  bold: (element) => {
    const said = styleOf(element, "font-weight") || styleOf(element, "font").match(/\b(bold|[6-9]00)\b/)?.[0];
    if (said && said !== "inherit" && !element.matches("li")) return /bold/.test(said) || Number(said) > 500;
    return element.matches("b, strong") || undefined;
  },
  italic: (element) => {
    const said = styleOf(element, "font-style") || styleOf(element, "font").match(/\b(italic|oblique)\b/)?.[0];
    if (said && said !== "inherit") return /italic|oblique/.test(said);
    return element.matches("i, em, cite, var, dfn") || undefined;
  },
  script: (element) => {
    const said = styleOf(element, "vertical-align");
    if (/^(sub|super|baseline)$/.test(said)) return { sub: "sub", super: "sup" }[said] || false;
    return element.matches("sub, sup") ? element.localName : undefined;
  },
};
const read = (node, reader) => {
  for (let element = node.parentElement; element; element = element.parentElement) {
    const said = reader(element);
    if (said !== undefined) return said;
  }
  return undefined;
};

const removeDeleted = (doc, left) => {
  for (const element of all(doc.body, "*").filter((one) => doc.contains(one) && isDeleted(one))) {
    if (!doc.contains(element)) continue;
    left.words += element.textContent.match(/[\p{L}\p{N}]\S*/gu)?.length || 0;
    element.remove();
  }
};
const removePictures = (doc, left) => {
  for (const picture of all(doc, "img, picture")) {
    const name = picture.getAttribute("data-emoji") || picture.getAttribute("alt") || "";
    const isEmoji = /^\p{Extended_Pictographic}/u.test(name);
    if (!isEmoji && !(picture.getAttribute("width") < 3 && picture.hasAttribute("width"))) left.pictures += 1;
    picture.replaceWith(isEmoji ? name : "");
  }
};
const rewriteInline = (doc) => {
  const made = new Set(), texts = nodesOf(doc.body, NodeFilter.SHOW_TEXT);
  for (const text of texts) { // each asks the elements around it, so they all stay until the last has asked
    if (text.parentElement.closest("pre")) text.data = text.data.replace(/\n(?!$)/g, "\u2028");
    text.data = text.data.replace(/^\u00a0|\u00a0$/g, " ").replace(/[ \u00a0\t\r\n]{2,}|[\t\r\n]/g, " ");
  }
  const wrapped = texts.filter((text) => !BLANK.test(text.data)).map((text) => [
    text, read(text, READERS.script), read(text, READERS.italic) && "em",
    !text.parentElement.closest(`${HEADING}, th`) && read(text, READERS.bold) && "strong",
  ]);
  for (const [text, ...tags] of wrapped) {
    const place = document.createComment("");
    text.replaceWith(place);
    const [, before, words, after] = text.data.match(/^(\s?)(.*?)(\s?)$/s); // spaces are not emphasized
    let node = document.createTextNode(words);
    if (words.includes("\u2028")) {
      node = create("span", words.split("\u2028").flatMap((line, i) => (i ? [create("br"), line] : [line])));
    }
    for (const tag of tags.filter(Boolean)) made.add(node = create(tag, [node]));
    place.replaceWith(before, node, after);
  }
  for (const element of all(doc.body, `*:not(${BLOCK}):not(br):not(a)`)) if (!made.has(element)) unwrap(element);
  doc.body.normalize();
  for (const text of nodesOf(doc.body, NodeFilter.SHOW_TEXT)) text.data = text.data.replace(/ {2,}/g, " ");
};


const trimmed = (line) => {
  const first = line.find((node) => !isBlank(node)), last = line.findLast((node) => !isBlank(node));
  if (first.nodeType === Node.TEXT_NODE) first.data = first.data.trimStart();
  if (last.nodeType === Node.TEXT_NODE) last.data = last.data.trimEnd();
  return line.slice(line.indexOf(first), line.indexOf(last) + 1);
};
const paragraphs = (nodes) => { // an empty line ends a paragraph
  const made = [[]];
  for (const line of lines(nodes)) {
    if (line.every((node) => isBlank(node))) made.push([]);
    else made.at(-1).push(...(made.at(-1).length ? [create("br")] : []), ...trimmed(line));
  }
  return made.filter((group) => group.length).map((group) => create("p", group));
};
const wrapInline = (element) => {
  const runs = [];
  for (const node of [...element.childNodes]) {
    if (isBlock(node)) runs.push(node);
    else if (Array.isArray(runs.at(-1))) runs.at(-1).push(node);
    else runs.push([node]);
  }
  element.replaceChildren(...runs.flatMap((run) => Array.isArray(run) ? paragraphs(run) : [run]));
};
const formParagraphs = (doc) => {
  for (const container of all(doc.body, CONTAINER).reverse()) {
    wrapInline(container);
    unwrap(container);
  }
  if (doc.body.querySelector(`${BLOCK}, br`)) wrapInline(doc.body);
  for (const cell of all(doc.body, "td, th, li, blockquote")) wrapInline(cell);
  for (const p of all(doc.body, "p")) p.replaceWith(...paragraphs([...p.childNodes]).map((made) => {
    if (p.dataset.indent) made.dataset.indent = p.dataset.indent;
    return made;
  }));
};
const mapHeadings = (doc) => {
  for (const title of all(doc.body, "[role=heading][aria-level], p.MsoTitle")) {
    rename(title, Number(title.getAttribute("aria-level") || 1) > 2 ? "h3" : "h2");
  }
  for (const heading of all(doc.body, HEADING)) {
    rename(heading, heading.closest("li, td, th") ? "p" : Number(heading.localName[1]) > 2 ? "h3" : "h2");
  }
};

// --- links, notes and tables ---
const REFERENCE = /#_?(ftn|edn|ftnt)(\d+)$/, NOTE = /#_?(ftn|edn|ftnt)_?ref(\d+)$/;
const noteKey = (anchor) => { // of a reference to a note, or of the way back from it
  const href = anchor.getAttribute("href"), [, kind, number] = href.match(REFERENCE) || href.match(NOTE) || [];
  if (kind) return kind + number;
  return anchor.matches("sup.fn > a, .wp-block-footnotes a") ? href.replace(/^.*#|-link$/g, "") : null;
};
// Footnotes become [1] in the text, with the number of the source that the note names, or that is made from it, or else
// the next free one. A note that says more than its source stays a note.
const convertNotes = (doc, { sources, cite }, left) => {
  const references = [], notes = new Map();
  for (const anchor of all(doc, "a[href*='#']")) {
    const key = noteKey(anchor);
    if (!key) continue;
    if (NOTE.test(anchor.getAttribute("href")) || anchor.closest(".wp-block-footnotes")) {
      const note = anchor.closest("[id^=ftn], [id^=edn]") || anchor.closest("li, p");
      (anchor.closest("sup") || anchor).remove();
      if (note && !references.some(([, reference]) => note.contains(reference))) notes.set(key, note);
    } else references.push([key, anchor]);
  }
  const numbers = new Map(), loose = new Set();
  for (const key of new Set(references.map(([of]) => of))) {
    const text = notes.get(key)?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const named = sources.find(({ row }) => isNamed(text, row));
    const number = named?.number || Number(cite(text));
    if (number && !named) left.cited += 1;
    if (number) numbers.set(key, number);
    else loose.add(key);
  }
  let free = Math.max(0, ...sources.map(({ number }) => number), ...numbers.values());
  for (const key of loose) numbers.set(key, free += 1);
  for (const [key, anchor] of references) {
    const sign = anchor.closest("sup") || anchor;
    sign.replaceWith(`[${numbers.get(key)}]`);
  }
  left.notes = numbers.size;
  const kept = [...notes].map(([key, note]) => ({ key, number: numbers.get(key), note })).filter(({ number }) => number)
    .sort((one, other) => one.number - other.number);
  const items = kept.filter(({ key }) => loose.has(key))
    .map(({ number, note }) => ({ level: 1, kind: "note", number, nodes: [...note.childNodes] }));
  for (const { note } of kept) note.remove();
  for (const list of all(doc, ".wp-block-footnotes")) if (isBlank(list)) list.remove();
  doc.body.append(...nest(items));
};
const cleanLinks = (doc) => { // an address without a host means a place on the page that it was copied from
  for (const anchor of all(doc, "a")) if (!/^\s*(https?|mailto|tel):/i.test(anchor.getAttribute("href") || "")) unwrap(anchor);
};
const flattenTable = (table) => table.replaceWith(...all(table, "tr").map((row) => create("p", [...row.children].flatMap(
  (cell) => [...cell.childNodes, " "].flatMap((node) => node.matches?.("p") ? [...node.childNodes, " "] : [node]),
))));
const convertTables = (doc, hasTables) => {
  for (const caption of all(doc, "caption")) caption.closest("table").before(create("p", [...caption.childNodes]));
  for (const inner of all(doc, hasTables ? "td table, th table" : "table").reverse()) flattenTable(inner);
  for (const cell of all(doc, "thead td")) rename(cell, "th");
};
// A first row that is bold throughout is what these programs have for a row of headings.
const markHeaderRow = (doc) => {
  for (const table of all(doc, "table")) {
    const [first, ...rest] = [...table.rows], texts = first ? nodesOf(first, NodeFilter.SHOW_TEXT) : [];
    const isBold = texts.every((text) => BLANK.test(text.data) || text.parentElement.closest("strong"));
    const isFull = first && [...first.cells].every((cell) => !BLANK.test(cell.textContent));
    if (!rest.length || table.querySelector("th") || !isBold || !isFull) continue;
    for (const strong of all(first, "strong")) unwrap(strong);
    for (const cell of [...first.cells]) rename(cell, "th");
  }
};
const removeEmpty = (doc) => {
  for (const element of all(doc.body, `p, li, ul, ol, blockquote, a, ${HEADING}`).reverse()) {
    if (isBlank(element)) element.remove();
  }
};
const removeAttributes = (doc) => {
  for (const element of all(doc.body, "*")) {
    const names = [...element.attributes].map(({ name }) => name);
    for (const name of names) if (!KEPT[element.tagName]?.includes(name)) element.removeAttribute(name);
  }
};

// sources: [{ number, row }], the sources of the article that notes may name, with the values of their fields; cite makes one of a note, and returns its
// number, or nothing for what is no citation. Returns the HTML, and how much was left out: words, pictures; and the number
// of notes, and of those that became sources.
export const clean = (html, { hasTables = true, sources = [], cite = () => null } = {}) => {
  const doc = parse(html), left = { words: 0, pictures: 0, notes: 0, cited: 0 };
  readStyleSheets(doc);
  for (const junk of all(doc, JUNK)) if (junk !== doc.head) junk.remove();
  removeDeleted(doc, left);
  removePictures(doc, left);
  convertNotes(doc, { sources, cite }, left);
  cleanLinks(doc);
  convertWordLists(doc);
  convertWebLists(doc);
  for (const comment of nodesOf(doc, NodeFilter.SHOW_COMMENT)) comment.remove();
  convertTables(doc, hasTables);
  rewriteInline(doc);
  mapHeadings(doc);
  formParagraphs(doc);
  markHeaderRow(doc);
  convertTypedLists(doc);
  removeEmpty(doc);
  removeAttributes(doc);
  return { html: doc.body.innerHTML, left };
};

const escape = (text) => create("p", [text]).innerHTML;
// The HTML of plain text in which there are lists, or null.
export const cleanText = (text, options) => {
  const rows = text.split(/\r\n?|\n/).filter((row) => !BLANK.test(row));
  const indent = (row) => row.replace(/\t/g, "    ").search(/\S/);
  const html = rows.map((row) => `<p data-indent="${indent(row)}">${escape(row.trim())}</p>`);
  const cleaned = clean(html.join(""), options);
  return /<[uo]l/.test(cleaned.html) ? cleaned : null;
};
