// What keys do in a text beyond writing: "/" in an empty line opens the menu of blocks, signs insert one at once, a
// citation in brackets becomes a source, Backspace at the beginning joins with the text above, Enter in an empty last line
// leaves a box, arrows lead from block to block.
import { Extension, InputRule, Plugin } from "django-prose-editor/editor";
import { begin, blockOf, drop, entries, focusBlock, insert, isNew, isText, neighbor } from "block-flow";
import { open } from "block-menu";
import { addSource, citeTyped, formatsOf, joinBack, leave, takeOut, touched } from "block-text";

const BARS = { top: 120, bottom: 150, left: 0, right: 0 }; // pixels
const TYPED = /^\/([\p{L}\d ]{0,20})$/u;
const CITATION = /\[([^[\]]{8,})\]$/;

// A block in place of what is at this range of the text.
const insertAt = (block, editor, entry, range) => {
  if (!isText(block)) {
    editor.commands.deleteRange(range);
    return begin(insert(entry, { after: block }));
  }
  const { place, isAll } = takeOut(block, range);
  if (isAll) editor.commands.clearContent(true);
  const made = insert(entry, place);
  if (isAll) drop(block);
  return begin(made);
};

// A sign in a line of its own, or after a space at the end of a paragraph, inserts its block. It is complete with its
// bracket, or with the space after it. Returns whether there was one.
const insertBySign = (editor, text) => {
  const block = blockOf(editor.view.dom), { $from, empty } = editor.state.selection, { parent } = $from;
  const isAtEnd = empty && $from.depth === 1 && parent.type.name === "paragraph" && $from.parentOffset === parent.content.size;
  if (!block || !isAtEnd || parent.textContent.length < parent.content.size) return false;
  const line = parent.textContent + text;
  const entry = entries.find(({ sign }) => sign && ` ${line}`.endsWith(` ${sign}${sign.endsWith("[") ? "" : " "}`));
  if (!entry) return false;
  const start = $from.start(), words = line.slice(0, line.lastIndexOf(entry.sign)).trimEnd().length;
  if (words) editor.commands.deleteRange({ from: start + words, to: $from.end() });
  const end = start + words + 1;
  insertAt(block, editor, entry, words ? { from: end, to: end } : touched(editor));
  return true;
};

export const choicesIn = (block, editor) => {
  const line = (run) => () => { // formats take the place of what was typed to find them
    const { $from } = editor.state.selection;
    editor.commands.deleteRange({ from: $from.start(), to: $from.end() });
    run();
  };
  return [
    ...formatsOf(editor).filter(({ node }) => node !== "paragraph").map((format) => ({ ...format, run: line(format.run) })),
    ...entries.filter(({ kind }) => kind !== "text").map((entry) => ({ ...entry, run: () => insertAt(block, editor, entry, touched(editor)) })),
    { name: "Source", hint: "A number here, and its row below. Or type the citation in brackets.", icon: "book", words: "reference footnote", run: line(() => addSource(editor)) },
  ];
};

export const BlockKeys = Extension.create({
  name: "blockKeys",
  priority: 1100,

  addStorage: () => ({ menu: null, dismissed: false }),

  onTransaction({ editor }) {
    const { $from, empty } = editor.state.selection;
    const typed = empty && editor.isFocused && $from.depth === 1 && $from.parent.type.name === "paragraph" && TYPED.exec($from.parent.textContent);
    if (!typed) {
      this.storage.dismissed = false;
      return this.storage.menu?.close();
    }
    if (this.storage.dismissed) return null;
    if (!this.storage.menu) {
      const block = blockOf(editor.view.dom);
      if (!block) return null;
      this.storage.menu = open(choicesIn(block, editor), {
        at: editor.view.coordsAtPos($from.pos), label: "Insert", takesFocus: false, onClose: () => { this.storage.menu = null; },
      });
    }
    return this.storage.menu.filter(typed[1]);
  },

  onBlur() { this.storage.menu?.close(); },

  addInputRules() {
    const { editor } = this;
    return [new InputRule({ find: CITATION, handler: ({ state, range, match }) => {
      const number = citeTyped(editor.view, match[1]);
      if (number === null) return null;
      state.tr.insertText(`[${number}]`, range.from, range.to);
      return undefined;
    } })];
  },

  addProseMirrorPlugins() {
    const { storage, editor } = this;
    const keys = {
      Backspace: (block, { $from, empty }) => empty && $from.pos <= 1 && $from.parent.type.name === "paragraph" && joinBack(block),
      Enter: (block, { $from, empty }, { doc }) => {
        if (isText(block) || !empty || $from.depth !== 1 || $from.parent.content.size || $from.after() !== doc.content.size || doc.childCount < 2) return false;
        editor.commands.deleteRange({ from: $from.before(), to: $from.after() });
        return leave(block);
      },
      ArrowUp: (block, { $from, empty }, { view }) => empty && $from.index(0) === 0 && view.endOfTextblock("up") && step(block, -1),
      ArrowDown: (block, { $from, empty }, { doc, view }) => empty && $from.index(0) === doc.childCount - 1 && view.endOfTextblock("down") && step(block, 1),
    };
    const step = (block, by) => {
      const next = neighbor(block, by);
      if (next) focusBlock(next, by < 0 ? "end" : "start");
      // whoever only walks through the text with the arrows adds nothing to it
      return Boolean(next) || (by > 0 && !isText(block) && (isNew(block) || editor.can().undo()) && leave(block));
    };
    return [new Plugin({ props: {
      scrollThreshold: BARS, // the line that is written on is not behind the bars that stay in sight
      scrollMargin: BARS,
      handleTextInput: (view, from, to, text) => insertBySign(editor, text),
      handleKeyDown: (view, event) => {
        if (event.key === "Escape" && storage.menu) storage.dismissed = true;
        if (storage.menu?.key(event)) return true;
        const block = blockOf(view.dom);
        if (!block || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
        return keys[event.key]?.(block, view.state.selection, { doc: view.state.doc, view }) || false;
      },
    } })];
  },
});
