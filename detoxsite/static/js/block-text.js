// What is done with the words of a text block: cut, split, joined, and formatted.
import { getHTMLFromFragment } from "django-prose-editor/editor";
import { editorIn } from "block-editors";
import { drop, entries, fieldOf, focusBlock, insert, isText, neighbor, say } from "block-flow";

const textEntry = () => entries.find(({ kind }) => kind === "text");
const htmlOf = (editor, node) => getHTMLFromFragment(node.content, editor.schema);
// Whether a block holds doses, for the one that takes its words: they are hidden while the review is overdue.
export const flagsOf = (block) => { const box = fieldOf(block, "is_dosing"); return box ? { is_dosing: box.checked } : {}; };
export const hasWords = (html) => /<(img|table)|[^<>\s](?![^<]*>)/.test(html);

// The top-level parts that the selection touches: paragraphs, headings, lists.
export const touched = (editor) => {
  const { $from, $to } = editor.state.selection;
  return $from.depth ? { from: $from.before(1), to: $to.after(1) } : { from: 0, to: editor.state.doc.content.size };
};

const cutHtml = (editor, from, to) => {
  const html = htmlOf(editor, editor.state.doc.cut(from, to));
  return hasWords(html) ? html : "";
};

// Takes a range out of a text; what comes after it goes into a text block of its own. Returns where a block belongs
// that comes in its place, and what the range held.
export const takeOut = (block, { from, to }) => {
  const editor = editorIn(block), end = editor.state.doc.content.size;
  const html = cutHtml(editor, from, to), before = cutHtml(editor, 0, from), after = cutHtml(editor, to, end);
  if (before && after) insert(textEntry(), { after: block, values: { body: after, ...flagsOf(block) } });
  if (before) {
    editor.view.dispatch(editor.state.tr.delete(from, end));
    return { html, place: { after: block } };
  }
  if (after) {
    editor.view.dispatch(editor.state.tr.delete(0, to));
    return { html, place: { before: block } };
  }
  return { html, place: { after: block }, isAll: true };
};

export const split = (block) => {
  const editor = isText(block) ? editorIn(block) : null;
  if (!editor) return say("Only a text can be split.");
  const { from } = editor.state.selection, end = editor.state.doc.content.size;
  const before = cutHtml(editor, 0, from), after = cutHtml(editor, from, end);
  if (!before || !after) return say("There is nothing to split here. Put the cursor between two words.");
  const next = insert(textEntry(), { after: block, values: { body: after, ...flagsOf(block) } });
  editor.view.dispatch(editor.state.tr.delete(from, end));
  focusBlock(next);
  return say("Split into two blocks.");
};

// Backspace at the very beginning of a text: one text with the block above, or only the cursor goes there.
export const joinBack = (block) => {
  if (!isText(block)) return false; // a box holds more than the words of its editor
  const above = neighbor(block, -1), editor = editorIn(block);
  if (!above) return false;
  if (editor.isEmpty) {
    focusBlock(above, "end");
    return drop(block);
  }
  if (!isText(above)) return false;
  const target = editorIn(above), place = target.isEmpty ? 0 : target.state.doc.content.size;
  const content = editor.getJSON().content;
  if (!drop(block)) return false;
  if (target.isEmpty) target.commands.setContent({ type: "doc", content });
  else target.commands.insertContentAt(place, content);
  if (flagsOf(block).is_dosing) fieldOf(above, "is_dosing").checked = true;
  target.commands.focus(place + 1);
  say("Joined with the text above.");
  return true;
};

// Out of a box, to the text below: Enter in an empty last line, or an arrow down from the last line where none follows.
export const leave = (block) => {
  const below = neighbor(block, 1);
  focusBlock(isText(below) ? below : insert(textEntry(), { after: block }));
  return true;
};

// --- formats ---

const chain = (editor) => editor.chain().focus();
const asParagraph = (editor) => {
  if (editor.isActive("blockquote")) chain(editor).lift("blockquote").run();
  for (const list of ["bulletList", "orderedList"]) if (editor.isActive(list)) chain(editor)[list === "bulletList" ? "toggleBulletList" : "toggleOrderedList"]().run();
  chain(editor).setParagraph().run();
};
const FORMATS = [
  { node: "paragraph", name: "Paragraph", icon: "text", words: "text plain", run: asParagraph },
  { node: "heading", name: "Heading", sign: "##", icon: "heading", words: "h2 title", run: (editor) => chain(editor).setHeading({ level: 2 }).run() },
  { node: "heading", name: "Smaller heading", sign: "###", icon: "heading", words: "h3", run: (editor) => chain(editor).setHeading({ level: 3 }).run() },
  { node: "bulletList", name: "Bullets", sign: "-", icon: "list", words: "list ul", run: (editor) => chain(editor).toggleBulletList().run() },
  { node: "orderedList", name: "Numbers", sign: "1.", icon: "numbers", words: "list ol", run: (editor) => chain(editor).toggleOrderedList().run() },
  { node: "blockquote", name: "Quotation", sign: ">", icon: "quote", words: "blockquote", run: (editor) => chain(editor).toggleBlockquote().run() },
  { node: "table", name: "Table in the text", icon: "table", words: "table grid", run: (editor) => chain(editor).insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run() },
];
export const formatsOf = (editor) => FORMATS.filter(({ node }) => node in editor.schema.nodes)
  .map((format) => ({ ...format, run: () => format.run(editor) }));

const MARKS = [
  { name: "Superscript", icon: "up", mark: "superscript", run: (editor) => chain(editor).toggleSuperscript().run() },
  { name: "Subscript", icon: "down", mark: "subscript", run: (editor) => chain(editor).toggleSubscript().run() },
  { name: "Remove the link", icon: "link", mark: "link", isIf: (editor) => editor.isActive("link"), run: (editor) => chain(editor).unsetLink().run() },
];
const TABLES = ["addRowBefore Row above", "addRowAfter Row below", "deleteRow Remove the row", "addColumnBefore Column before",
  "addColumnAfter Column after", "deleteColumn Remove the column", "deleteTable Remove the table"].map((line) => {
  const [, command, name] = /^(\S+) (.*)$/.exec(line);
  return { name, icon: "table", words: "table", run: (editor) => chain(editor)[command]().run() };
});
export const toolsOf = (editor) => [
  ...MARKS.filter(({ mark, isIf }) => mark in editor.schema.marks && (!isIf || isIf(editor))),
  ...(editor.isActive("table") ? TABLES : []),
].map((tool) => ({ ...tool, run: () => tool.run(editor) }));

// Asks for a source (editor-sources.js), and puts its number at the cursor.
export const addSource = (editor) => document.dispatchEvent(new CustomEvent("cite-source", { detail: {
  insertNumber: (number, { goesBack }) => {
    if (number) editor.commands.insertContent(`[${number}]`);
    if (goesBack) editor.commands.focus();
  },
} }));

// The number of a source from its whole citation, at once, in this article's sources; null for what is no citation, or
// holds other words too.
export const citeTyped = (view, typed) => {
  const detail = { typed, number: null };
  document.dispatchEvent(new CustomEvent("cite-typed", { detail }));
  if (detail.number !== null) view.focus(); // the new row took it
  return detail.number;
};
