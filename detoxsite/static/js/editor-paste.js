// What is pasted into a text box is cleaned before the editor reads it (paste-cleaning.js), and what was left out is said
// below the box. Also: the signs that begin a list when typed.
import { Extension, Plugin, wrappingInputRule } from "django-prose-editor/editor";
import { clean, cleanText } from "paste-cleaning";

// The sources in the form of the article, so that a footnote gets the number of the source that it names.
const sources = () => [...document.querySelectorAll("[name^='sources-'][name$='-position']")].flatMap((position) => {
  const field = (name) => document.querySelector(`[name="${position.name.replace("position", name)}"]`)?.value.trim() || "";
  const number = Number(position.value);
  return number ? [{ number, names: [field("doi"), field("url"), field("title")].filter((name) => name.length > 9) }] : [];
});

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const describe = ({ words, pictures, notes }) => [
  words && `${count(words, "struck-out or hidden word was", "struck-out or hidden words were")} left out.`,
  pictures && `${count(pictures, "picture was", "pictures were")} left out. Add it as a Figure block.`.replace("it as", pictures > 1 ? "each as" : "it as"),
  notes && `${count(notes, "footnote is", "footnotes are")} now a number in brackets. Check it against the list of sources, or add a source.`,
].filter(Boolean).join(" ");

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
    const options = () => ({ hasTables: "table" in this.editor.schema.nodes, sources: sources() });
    const report = ({ html, left }) => {
      this.storage.status.textContent = describe(left);
      return html;
    };
    return [new Plugin({ props: {
      // what comes from one of our own boxes is clean
      transformPastedHTML: (html) => html.includes("data-pm-slice") || html.includes("data-cleaned") ? html : report(clean(html, options())),
      handlePaste: (view, { clipboardData }) => {
        if (!clipboardData || clipboardData.getData("text/html").trim()) return false;
        const cleaned = cleanText(clipboardData.getData("text/plain"), options());
        return Boolean(cleaned) && view.pasteHTML(`<meta data-cleaned>${report(cleaned)}`);
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
