// What is pasted into a text box is cleaned before the editor reads it (paste-cleaning.js), and what was left out is
// said below the box. Also: the signs that begin a list when typed.
import { Extension, Plugin, wrappingInputRule } from "django-prose-editor/editor";
import { citeTyped } from "block-text";
import { clean, cleanText } from "paste-cleaning";

// The sources in the form of the article, so that a footnote gets the number of the source that it names.
const sources = () => [...document.querySelectorAll("[name^='sources-'][name$='-position']")].map((position) => {
  const field = (name) => position.form.elements[position.name.replace("position", name)].value.trim();
  const names = ["authors", "title", "container", "doi", "pmid", "url"];
  return { number: Number(position.value), row: Object.fromEntries(names.map((name) => [name, field(name)])) };
}).filter(({ number }) => number);

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const describe = ({ words, pictures, notes, cited }) => [
  words && `${count(words, "struck-out or hidden word was", "struck-out or hidden words were")} left out.`,
  pictures && `${count(pictures, "picture was", "pictures were")} left out. Add pictures as Picture blocks.`,
  notes && `${count(notes, "footnote is", "footnotes are")} now in brackets, like [1]. Compare the numbers with the sources.`,
  cited && `${count(cited, "footnote is now a source", "footnotes are now sources")}. Check what was found.`,
].filter(Boolean).join(" ");

// What is moved between our own boxes keeps how deep it was cut. Other editors of this kind write more than ours.
const isOurs = (html) => html.includes("data-pm-slice")
  && !/<(s|del|strike|span|div|b|i|u|font|img|h[1456])\b|\s(style|class)=|href="[^hmt]/i.test(html);

export const PasteCleaning = Extension.create({
  name: "pasteCleaning",
  priority: 1000, // before the editor's own handling of plain text

  addStorage: () => ({ status: null }),

  onCreate({ editor }) {
    this.storage.status = document.createElement("p");
    this.storage.status.className = "paste-status";
    this.storage.status.setAttribute("role", "status");
    editor.view.dom.after(this.storage.status);
  },

  addProseMirrorPlugins() {
    const { editor } = this;
    const options = () => ({ hasTables: "table" in editor.schema.nodes, sources: sources(), cite: (note) => citeTyped(editor.view, note) });
    let isCleaned = false; // plain text with lists goes through the editor as HTML
    const report = ({ html, left }) => {
      this.storage.status.textContent = describe(left);
      return html;
    };
    return [new Plugin({ props: {
      transformPastedHTML: (html) => (isCleaned || isOurs(html) ? html : report(clean(html, options()))),
      handlePaste: (view, { clipboardData }) => {
        if (!clipboardData || clipboardData.getData("text/html").trim()) return false;
        const cleaned = cleanText(clipboardData.getData("text/plain"), options());
        this.storage.status.textContent = "";
        if (!cleaned) return false;
        isCleaned = true;
        view.pasteHTML(report(cleaned));
        isCleaned = false;
        return true;
      },
    } })];
  },

  addInputRules() {
    const { orderedList, bulletList } = this.editor.schema.nodes;
    return [
      wrappingInputRule({
        find: /^(\d{1,3})[.)]\s$/,
        type: orderedList,
        getAttributes: ([, start]) => ({ start: Number(start) }),
        joinPredicate: ([, start], list) => list.childCount + list.attrs.start === Number(start),
      }),
      wrappingInputRule({ find: /^\s*[•·–]\s$/, type: bulletList }),
    ];
  },
});
