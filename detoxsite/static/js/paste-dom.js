// Reads the HTML of a clipboard: its elements, and what its styles say. Our policy forbids styles even in a document that
// is only parsed, so they are read from attributes with another name.
export const HEADING = "h1, h2, h3, h4, h5, h6";
export const CONTAINER = "div, section, article, main, header, footer, nav, aside, figure, figcaption, center, address, form, "
  + "fieldset, details, summary, hgroup, dl, dt, dd, pre";
export const BLOCK = `p, ul, ol, li, table, caption, thead, tbody, tfoot, tr, td, th, blockquote, ${HEADING}, ${CONTAINER}`;
export const BLANK = /^[\s\u00ad\u200b\u2060]*$/;
export const isBlank = (node) => BLANK.test(node.textContent) && !node.querySelector?.("table");
export const isBlock = (node) => node.matches?.(BLOCK) || Boolean(node.querySelector?.(BLOCK));
export const all = (root, selector) => [...root.querySelectorAll(selector)];
export const create = (tag, nodes = [], attributes = {}) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value) element.setAttribute(name, value);
  element.append(...nodes);
  return element;
};
export const unwrap = (element) => element.replaceWith(...element.childNodes);
export const rename = (element, tag) => {
  const named = create(tag, [...element.childNodes]);
  for (const { name, value } of element.attributes) named.setAttribute(name, value);
  element.replaceWith(named);
  return named;
};
export const nodesOf = (root, kind) => {
  const walker = document.createTreeWalker(root, kind), nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
};

export const lines = (nodes) => { // groups of nodes between line breaks
  const groups = [[]];
  for (const node of nodes) if (node.nodeName === "BR") groups.push([]); else groups.at(-1).push(node);
  return groups;
};

export const parse = (html) => new DOMParser().parseFromString(
  html.replace(/<style\b/gi, "<textarea data-sheet").replace(/<\/style\b/gi, "</textarea")
    .replace(/<[a-z][^<>]*/gi, (tag) => tag.replace(/\sstyle(?=\s*=)/gi, " data-style")),
  "text/html",
);
const sheets = new WeakMap(); // element: what rules for its class say (Pages and Word)
export const readStyleSheets = (doc) => {
  for (const { textContent } of all(doc, "[data-sheet]")) {
    for (const [, selectors, rules] of textContent.replace(/<!--|-->|\/\*.*?\*\//gs, "").matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      for (const selector of selectors.split(",").map((part) => part.trim()).filter((part) => /^\w*\.[\w-]+$/.test(part))) {
        for (const element of all(doc, selector)) sheets.set(element, `${sheets.get(element) || ""};${rules}`);
      }
    }
  }
};
export const styleOf = (element, property) => {
  const style = `${sheets.get(element) || ""};${element.getAttribute?.("data-style") || ""}`;
  return [...style.matchAll(new RegExp(`(?:^|;)\\s*${property}\\s*:([^;]*)`, "gi"))].at(-1)?.[1].trim().toLowerCase() || "";
};
