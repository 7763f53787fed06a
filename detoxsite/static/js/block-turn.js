// Turning a block, or what is selected of a text, into a block of another kind: the words are kept, and so are title
// and lines where the other kind has such fields. What has no place there can be brought back.
import { editorIn } from "block-editors";
import { drop, entries, fieldOf, focusBlock, hasField, insert, isText, offerUndo, say, valuesOf } from "block-flow";
import { flagsOf, takeOut, touched } from "block-text";

const WORDS = ["body", "quote", "rows"]; // fields that hold the words of a block
const TAKEN_ALONG = [...WORDS, "title", "label", "attribution", "address", "is_dosing", "tone"];
const escaped = (text) => Object.assign(document.createElement("i"), { textContent: text }).innerHTML;
const paragraphs = (text) => text.split("\n").filter((line) => line.trim()).map((line) => `<p>${escaped(line)}</p>`).join("");

export const canTurn = (block) => isText(block) || WORDS.some((name) => fieldOf(block, name));
export const kindsFor = (block) => entries.filter((entry) => WORDS.some((name) => hasField(entry, name))
  && (entry.prefix !== block.dataset.block || Object.keys(entry.values).some((name) => fieldOf(block, name)?.value !== entry.values[name])));

// HTML, and the title that goes before it.
const wordsOf = (block) => {
  const value = (name) => fieldOf(block, name)?.value ?? "";
  const rows = value("rows").split("\n").filter((line) => line.trim()).map((line) => `<li>${escaped(line.replace(/\s*\|\s*/, ": "))}</li>`).join("");
  const list = rows && `<ul>${rows}</ul>`;
  return { title: value("title"), html: [paragraphs(value("label")), value("body"), paragraphs(value("quote")), list, ...["attribution", "address"].map((name) => paragraphs(value(name)))].join("") };
};

const leavesSomething = (block) => Object.entries(valuesOf(block))
  .some(([name, value]) => !TAKEN_ALONG.includes(name) && (value?.value ?? value));

const read = (html) => {
  const holder = document.createElement("template"); // in which nothing is loaded or run
  holder.innerHTML = html;
  return holder.content;
};
const linesOf = (html) => [...read(html).querySelectorAll("p, h2, h3, li, tr")].filter((part) => !part.querySelector("p, li"))
  .map((part) => part.textContent.trim()).filter(Boolean);
// A heading, or a first short line that ends as titles do.
const MAX_TITLE = 90; // letters
const titleIn = (part) => {
  const [first, next] = part.children, isShort = next && first.matches("p") && first.textContent.trim().length <= MAX_TITLE && !/[.,:;]\s*$/.test(first.textContent);
  return part.querySelector("h2, h3") ?? (isShort ? first : null);
};
const asFact = (line) => (line.includes("|") ? line : line.replace(/\s*(?::| – | - )\s*|$/, " | ")).trim();

const valuesFor = (entry, { title, html }) => {
  const part = read(html), heading = titleIn(part), values = {};
  if (entry.kind === "text") return { body: (title && `<h3>${escaped(title)}</h3>`) + html };
  if (hasField(entry, "title")) {
    values.title = title || heading?.textContent.trim() || "";
    if (!title && heading) heading.remove();
  } else if (title) part.prepend(Object.assign(document.createElement("p"), { textContent: title }));
  const rest = [...part.children].map((child) => child.outerHTML).join("");
  if (hasField(entry, "body")) values.body = rest;
  else if (hasField(entry, "quote")) values.quote = linesOf(rest).join("\n");
  else values.rows = linesOf(rest).map(asFact).join("\n");
  if (hasField(entry, "rows") && !values.title) delete values.title; // it has a title of its own
  return values;
};

export const turn = (block, entry) => {
  if (entry.prefix === block.dataset.block) { // of the same kind in another way: a warning that becomes a danger
    for (const [name, value] of Object.entries(entry.values)) fieldOf(block, name).value = value;
    block.dispatchEvent(new Event("change", { bubbles: true }));
    focusBlock(block);
    return say(`Now it is: ${entry.name}.`);
  }
  const flags = flagsOf(block), name = block.getAttribute("aria-label");
  if (flags.is_dosing && !hasField(entry, "is_dosing")) return say("This text holds doses. Uncheck that first, or turn it into Text or Key facts.");
  let words = wordsOf(block), place = { after: block }, isAll = true;
  if (isText(block)) {
    const taken = takeOut(block, touched(editorIn(block)));
    words = { title: "", html: taken.html };
    ({ place, isAll = false } = taken);
  }
  if (isAll && !drop(block)) return say("You may not remove this block.");
  const made = insert(entry, { ...place, values: { ...valuesFor(entry, words), ...flags } });
  if (isAll && leavesSomething(block)) offerUndo(block, `Turned into ${entry.name}: ${name}. Some of it has no place in the new block.`);
  focusBlock(made);
  return say(`${isAll ? block.dataset.name : "Part of the text"} turned into: ${entry.name}.`);
};
