// The words that comments are about, found in a text by what they are and by what is around them. The same is done on
// the server (articles/content/quotes.py): both compare plain text with single spaces, without references to sources.
const CONTEXT = 40; // characters kept before and after
const MAX_PLACES = 100; // of one passage that are compared
const PIECES = /\[\d{1,3}\]|[\s\S]/gu;
const REFERENCE = /^\[\d{1,3}\]$/;
const BLANK = /^[\s\u2800]$/u;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cc}]$/u;
const INLINE = "a, b, del, em, i, ins, mark, s, span, strong, sub, sup, u";
const SKIPPED = "script, style, a.to-changes, sup:has(> a[id^='ref-'])";

// A part of the text as its plain text, with the place in the document that each of its characters begins and ends at.
// ``part``: an element, or a field to type in.
export const read = (part, key) => {
  const region = { part, key, text: "", nodes: [], from: [], to: [], isField: part.value !== undefined };
  const add = (characters, node) => {
    for (const { 0: piece, index } of characters.matchAll(PIECES)) {
      if (REFERENCE.test(piece)) continue;
      const isBlank = BLANK.test(piece);
      if (isBlank ? !region.text || region.text.endsWith(" ") : INVISIBLE.test(piece)) continue;
      const letter = isBlank ? " " : piece;
      region.text += letter;
      for (let unit = 0; unit < letter.length; unit++) {
        region.nodes.push(node);
        region.from.push(index);
        region.to.push(index + piece.length);
      }
    }
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return add(node.data, node);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIPPED)) return null;
    node.childNodes.forEach(walk);
    if (!node.matches(INLINE) && region.text && !region.text.endsWith(" ")) { // the end of a paragraph, an item, a cell
      region.text += " ";
      region.nodes.push(region.nodes.at(-1));
      region.from.push(region.to.at(-1));
      region.to.push(region.to.at(-1));
    }
    return null;
  };
  if (region.isField) add(part.value, part);
  else walk(part);
  return region;
};

const agreement = (text, start, end, prefix, suffix) => {
  let before = 0, after = 0;
  while (before < prefix.length && start - before > 0 && text[start - before - 1] === prefix.at(-before - 1)) before++;
  while (after < suffix.length && text[end + after] !== undefined && text[end + after] === suffix[after]) after++;
  return before + after;
};

// Where the words are: the region, their start and their end; or null. ``place``: the key of the region that is nearest.
export const find = (regions, { quote, prefix, suffix, place }) => {
  const there = Math.max(0, regions.findIndex(({ key }) => key === place));
  let best = null;
  regions.forEach((region, number) => {
    let start = region.text.indexOf(quote);
    for (let count = 0; start >= 0 && count < MAX_PLACES; count++) {
      const end = start + quote.length;
      const score = agreement(region.text, start, end, prefix, suffix), distance = Math.abs(number - there);
      if (!best || score > best.score || (score === best.score && distance < best.distance)) best = { region, start, end, score, distance };
      start = region.text.indexOf(quote, start + 1);
    }
  });
  return best;
};

// Words of several fields, such as the cells of key facts: the block that has them, or null. A page has them apart
// without a sign, as articles/content/quotes.py knows.
const loose = (text) => text.replace(/\s*[.:]?\s/gu, " ");
export const blockWith = (regions, { quote, place }) => {
  const texts = new Map(), wanted = loose(quote).replace(/[ .:]+$/, "");
  for (const { block, text } of regions) if (block) texts.set(block, `${texts.get(block) ?? ""}${loose(`${text} `)}`);
  const found = [...texts].filter(([, text]) => text.includes(wanted)).map(([block]) => block);
  return found.find((block) => regions.some((region) => region.block === block && region.key === place)) ?? found[0] ?? null;
};

export const rangeOf = ({ region, start, end }) => {
  const range = region.part.ownerDocument.createRange();
  range.setStart(region.nodes[start], region.from[start]);
  range.setEnd(region.nodes[end - 1], region.to[end - 1]);
  return range;
};

// What is selected in one of the regions, or null.
export const selectedIn = (regions) => {
  for (const region of regions) {
    const document = region.part.ownerDocument;
    let isInside;
    if (region.isField) {
      if (document.activeElement !== region.part || region.part.selectionStart === region.part.selectionEnd) continue;
      isInside = (i) => region.from[i] >= region.part.selectionStart && region.to[i] <= region.part.selectionEnd;
    } else {
      const selection = document.getSelection();
      if (!selection?.rangeCount || selection.isCollapsed) continue;
      const range = selection.getRangeAt(0);
      if (!region.part.contains(range.commonAncestorContainer)) continue;
      isInside = (i) => range.comparePoint(region.nodes[i], region.from[i]) === 0 && range.comparePoint(region.nodes[i], region.to[i]) === 0;
    }
    const inside = [...region.from.keys()].filter((i) => region.text[i] !== " " && isInside(i));
    if (inside.length) return { region, start: inside[0], end: inside.at(-1) + 1 };
  }
  return null;
};

export const quoteOf = ({ region: { text }, start, end }) => ({
  quote: text.slice(start, end), prefix: text.slice(Math.max(0, start - CONTEXT), start), suffix: text.slice(end, end + CONTEXT),
});
