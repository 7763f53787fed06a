// Finds the lists in what is pasted: word processors write them as paragraphs, or with their levels beside each other.
import { HEADING, all, create, lines, nodesOf, styleOf, unwrap } from "paste-dom";

const BULLET = /^\s*(?:([•●○◦▪■‣⁃·§➢✓✔])\s*|([-–—*o])\s+)(?=\S)/;
const NUMBER = /^\s*\(?(?:(\d{1,3})|([a-z]|[ivx]{2,4}))[.)]\s+(?=\S)/i;
const roman = (letters) => [...letters.toLowerCase()].reduce((sum, letter, i, letter_) => {
  const value = { i: 1, v: 5, x: 10 }, own = value[letter];
  return sum + (own < (value[letter_[i + 1]] || 0) ? -own : own);
}, 0);
const numberOf = (letters, type) => (/i/i.test(type) ? roman(letters) : letters.toLowerCase().charCodeAt(0) - 96);
// What the sign before an item says: { kind, number, type, isSure, length }. "i" is roman unless an h stood before it.
const markOf = (text, before) => {
  const bullet = text.match(BULLET), number = text.match(NUMBER);
  if (bullet) return { kind: bullet[1] || bullet[2], isSure: Boolean(bullet[1]), length: bullet[0].length };
  if (!number) return null;
  const [sign, digits, letters] = number, style = sign.trim().replace(/\w+/, "");
  if (digits) return { kind: `1${style}`, number: Number(digits), length: sign.length };
  const isRoman = letters.length > 1 || (/i/i.test(letters) && !/h/i.test(before?.letters || ""))
    || (/[vx]/i.test(letters) && /i/i.test(before?.type || ""));
  const base = isRoman ? "i" : "a", type = letters < "a" ? base.toUpperCase() : base;
  return { kind: type + style, number: numberOf(letters, type), type, letters, length: sign.length };
};
// Items with a level each, as lists in lists.
export const nest = (items) => {
  const roots = [], open = [];
  for (const { level, kind, number, type, nodes } of items) {
    const isOver = (list) => list && (list.level > level || (list.level === level && list.kind !== kind));
    while (isOver(open.at(-1))) open.pop();
    if (open.at(-1)?.level !== level) {
      const list = create(number ? "ol" : "ul", [], { start: number > 1 && number, type });
      if (open.length) open.at(-1).list.lastElementChild.append(list);
      else roots.push(list);
      open.push({ level, kind, list });
    }
    open.at(-1).list.append(create("li", nodes));
  }
  return roots;
};
const groupsOf = (elements) => { // elements that follow each other
  const groups = [];
  for (const element of elements) {
    if (groups.length && groups.at(-1).at(-1).nextElementSibling === element) groups.at(-1).push(element);
    else groups.push([element]);
  }
  return groups;
};
const replaceByLists = (group, items) => {
  group[0].before(...nest(items));
  for (const element of group) element.remove();
};
// Word writes paragraphs and draws the sign itself; a heading that Word numbers stays a heading.
const takeWordMark = (element) => {
  const signs = all(element, "*").filter((part) => styleOf(part, "mso-list") === "ignore");
  const comments = nodesOf(element, NodeFilter.SHOW_COMMENT);
  const begin = comments.findIndex(({ data }) => /supportLists/.test(data));
  if (!signs.length && begin >= 0) {
    const end = comments[begin + 1];
    for (let node = comments[begin].nextSibling; node && node !== end; node = node.nextSibling) signs.push(node);
  }
  const sign = signs.map(({ textContent }) => textContent).join("").trim();
  for (const part of signs) part.remove();
  return sign;
};
export const convertWordLists = (doc) => {
  const items = new Map();
  for (const element of all(doc.body, `p, div, ${HEADING}`)) {
    const [, list, level] = styleOf(element, "mso-list").match(/(l\d+)\s+level(\d+)/) || [];
    if (!level) continue;
    const sign = takeWordMark(element);
    if (element.matches(HEADING)) continue;
    const { number, type } = markOf(`${sign} .`, [...items.values()].at(-1)) || {};
    const kind = `${list}${type || Boolean(number)}`, nodes = [create("p", [...element.childNodes])];
    items.set(element, { level: Number(level), kind, number, type, letters: sign[0], nodes });
  }
  for (const group of groupsOf([...items.keys()])) replaceByLists(group, group.map((element) => items.get(element)));
};
// Word for the web writes each item as a list of its own, with its level; Google Docs puts lists directly into lists.
export const convertWebLists = (doc) => {
  for (const wrapper of all(doc.body, ".ListContainerWrapper")) unwrap(wrapper);
  for (const list of all(doc.body, "ul, ol")) {
    for (const node of [...list.childNodes]) { // words between the items
      if (node.nodeType === Node.COMMENT_NODE || node.matches?.("li, ul, ol") || !node.textContent.trim()) continue;
      const item = create("li");
      node.before(item);
      item.append(node);
    }
  }
  const leveled = all(doc.body, "ul, ol").filter((list) => list.querySelector(":scope > li[data-aria-level]"));
  for (const group of groupsOf(leveled)) {
    replaceByLists(group, group.flatMap((list) => [...list.children].map((item) => ({
      level: Number(item.dataset.ariaLevel) || 1, kind: list.localName, nodes: [...item.childNodes],
      number: list.localName === "ol" && (Number(list.getAttribute("start")) || Number(item.dataset.ariaPosinset) || 1),
    }))));
  }
  for (const list of all(doc.body, ":is(ul, ol) > :is(ul, ol)")) {
    if (list.previousElementSibling?.matches("li")) list.previousElementSibling.append(list);
    else unwrap(list);
  }
  for (const list of all(doc.body, "ol")) {
    const type = styleOf(list, "list-style-type") || styleOf(list.querySelector("li") || list, "list-style-type");
    const letter = { "lower-alpha": "a", "upper-alpha": "A", "lower-roman": "i", "upper-roman": "I" }[type];
    if (letter) list.setAttribute("type", letter);
  }
};
// Paragraphs that begin with a sign or number, as in plain text and in mails. One alone is a list only if its sign is sure.
export const convertTypedLists = (doc) => {
  for (const p of all(doc.body, "p")) {
    const parts = lines([...p.childNodes]);
    const marked = parts.filter((part) => markOf(part.map((node) => node.textContent).join("")));
    if (parts.length > 1 && marked.length > 1) p.replaceWith(...parts.map((part) => create("p", part)));
  }
  const marks = new Map();
  for (const p of all(doc.body, "p:not(li p)")) {
    const mark = markOf(p.textContent, [...marks.values()].at(-1));
    if (mark) marks.set(p, mark);
  }
  for (const group of groupsOf([...marks.keys()])) {
    const open = [], last = {};
    const items = group.map((p) => {
      const mark = marks.get(p), indent = Number(p.dataset.indent || 0);
      const place = open.findLastIndex((one) => one.kind === mark.kind && one.indent === indent);
      if (place >= 0) open.length = place + 1;
      else {
        while (open.length && open.at(-1).indent > indent) open.pop();
        open.push({ kind: mark.kind, indent });
      }
      const isNext = !mark.number || place < 0 || mark.number === last[mark.kind] + 1;
      last[mark.kind] = mark.number;
      return { ...mark, level: open.length, nodes: [p], isNext };
    });
    if ((items.length < 2 && !items[0].isSure) || !items.every(({ isNext }) => isNext)) continue;
    const where = document.createComment("");
    group[0].before(where);
    for (const { length, nodes: [p] } of items) {
      let rest = length;
      for (const text of nodesOf(p, NodeFilter.SHOW_TEXT)) {
        const cut = Math.min(rest, text.length);
        text.deleteData(0, cut);
        rest -= cut;
      }
    }
    where.replaceWith(...nest(items));
  }
};
