// The dialog of a link in a text: finds pages and articles by title, takes any address that is typed or pasted, and says
// where a link leads that is there already. Opens with Ctrl K in a text and with its button.
import { Link as PlainLink } from "django-prose-editor/editor";

const PAUSE = 150; // milliseconds after the last key
const [, base, edition = ""] = /^(.*\/edition\/)(\d+)?/.exec(location.pathname) ?? [null, "/admin/articles/edition/"];
const ADDRESS = /^(https?:\/\/\S|mailto:\S|tel:\S|[/#])\S*$/i;
const HELP = "Words of a title, or an address, phone number or email. # finds headings of this page.";

const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

const ask = async (typed) => {
  const body = new FormData();
  for (const [name, value] of Object.entries({ typed, edition })) body.set(name, value);
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const response = await fetch(`${base}link-targets/`, { method: "POST", body, redirect: "error" });
  if (!response.ok) throw new Error(response.status);
  return response.json();
};

// --- what the editor does ---

const wordsOf = (editor) => {
  const { from, to } = editor.state.selection;
  return editor.state.doc.textBetween(from, to, " ");
};

// The words that are selected become a link, or those of the link at the cursor; without either the title is written.
const apply = (editor, { url, title }) => {
  const chain = editor.chain().focus();
  if (editor.isActive("link")) chain.extendMarkRange("link").updateAttributes("link", { href: url });
  else if (editor.state.selection.empty) chain.insertContent({ type: "text", text: title, marks: [{ type: "link", attrs: { href: url } }] });
  else chain.setMark("link", { href: url });
  chain.command(({ tr, commands }) => commands.setTextSelection(tr.selection.to)).unsetMark("link").run(); // what is typed next is no link
};
const remove = (editor) => editor.chain().focus().extendMarkRange("link").unsetMark("link").run();

// --- the dialog ---

const option = (target, number) => {
  const about = [target.url === target.title ? "" : target.url, target.kind].filter(Boolean).join(" · ");
  const made = make("li", { id: `link_target_${number}`, role: "option" }, make("span", {}, target.title, make("small", {}, about)));
  if (target.note) made.append(make("span", { className: "chip warn" }, target.note));
  return made;
};

const build = () => {
  const parts = {
    heading: make("h2", { id: "link_dialog_title" }, "Link"),
    words: make("p", { className: "words" }),
    now: make("p", { className: "now" }),
    input: make("input", {
      type: "text", id: "link_target", inputMode: "search", enterKeyHint: "go", autocomplete: "off", spellcheck: false, maxLength: 2000, role: "combobox",
      "aria-autocomplete": "list", "aria-controls": "link_targets", "aria-expanded": "false", "aria-describedby": "link_status",
    }),
    list: make("ul", { id: "link_targets", role: "listbox", "aria-label": "What to link to", hidden: true }),
    status: make("p", { id: "link_status", className: "help", role: "status" }),
    save: make("button", { type: "submit", className: "btn" }, "Link"),
    cancel: make("button", { type: "button", className: "btn quiet" }, "Cancel"),
    open: make("a", { className: "btn quiet", target: "_blank", rel: "noopener" }, "Open", make("span", { className: "vh" }, " in a new tab")),
    remove: make("button", { type: "button", className: "btn red" }, "Remove the link"),
  };
  const label = make("label", { htmlFor: "link_target" }, "Page, address, phone or email");
  const form = make("form", { method: "dialog" }, parts.heading, parts.words, parts.now, label, parts.input, parts.status, parts.list,
    make("div", { className: "acts" }, parts.save, parts.cancel, parts.open, parts.remove));
  const dialog = make("dialog", { className: "link-dialog", "aria-labelledby": "link_dialog_title" }, form);
  document.body.append(dialog);
  return { dialog, form, ...parts };
};

let built = null;

const openDialog = (editor) => {
  if (built) return;
  const ui = built = build();
  const href = editor.getAttributes("link").href ?? "";
  let shown = [], chosen = 0, timer, asked = 0, looked = null;

  const mark = (number) => {
    chosen = number;
    [...ui.list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === chosen)));
    const current = ui.list.children[chosen];
    if (current) ui.input.setAttribute("aria-activedescendant", current.id);
    else ui.input.removeAttribute("aria-activedescendant");
    current?.scrollIntoView({ block: "nearest" });
  };

  const show = (targets, message) => {
    shown = targets;
    ui.list.replaceChildren(...targets.map(option));
    ui.list.hidden = !targets.length;
    ui.input.setAttribute("aria-expanded", String(targets.length > 0));
    ui.status.textContent = message;
    mark(0);
  };

  const showNow = (target) => {
    ui.now.replaceChildren("Leads to ", make("b", {}, target.title), ` ${target.url === target.title ? "" : target.url}`);
    if (target.note) ui.now.append(" ", make("span", { className: "chip warn" }, target.note));
    ui.open.href = target.open;
    ui.open.hidden = !/^(https?:|\/)/.test(target.open);
  };

  const look = async () => {
    const typed = ui.input.value.trim(), number = (asked += 1);
    clearTimeout(timer);
    if (typed.length < 2 && typed !== "#") return show([], HELP);
    try {
      const { found, address } = await ask(typed);
      if (number !== asked) return null;
      const targets = [address, ...found].filter(Boolean);
      looked = typed;
      if (address && typed === href) showNow(address);
      return show(targets, targets.length ? `${targets.length} found. Choose with the arrow keys and Enter, or tap.`
        : typed[0] === "#" ? "No heading of the saved page has these words." : "No title has these words, and it is no address.");
    } catch {
      if (number !== asked) return null;
      looked = typed;
      const own = ADDRESS.test(typed) ? [{ title: typed, url: typed, kind: "As typed", note: "", open: typed }] : [];
      return show(own, "The server cannot be reached, or you are signed out. An address can be taken as it is typed.");
    }
  };

  const take = (target) => {
    ui.dialog.close();
    apply(editor, target);
  };

  ui.words.textContent = wordsOf(editor) ? `“${wordsOf(editor).slice(0, 120)}”` : "";
  ui.words.hidden = !ui.words.textContent;
  ui.now.hidden = ui.open.hidden = ui.remove.hidden = !href;
  if (href) showNow({ title: href, url: href, open: href });
  ui.heading.textContent = ui.save.textContent = href ? "Change the link" : "Link";
  ui.input.value = href;
  ui.input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  ui.input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !shown.length || event.isComposing) return;
    event.preventDefault();
    mark((chosen + step + shown.length) % shown.length);
  });
  ui.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (looked !== ui.input.value.trim()) await look(); // for what stands there now, not what was found before
    if (shown[chosen]) take(shown[chosen]);
    else ui.input.focus();
  });
  ui.list.addEventListener("click", ({ target }) => {
    const number = [...ui.list.children].indexOf(target.closest("li"));
    if (number >= 0) take(shown[number]);
  });
  ui.cancel.addEventListener("click", () => ui.dialog.close());
  ui.remove.addEventListener("click", () => { ui.dialog.close(); remove(editor); });
  ui.dialog.addEventListener("click", (event) => { if (event.target === ui.dialog) ui.dialog.close(); });
  ui.dialog.addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key === "k") event.preventDefault(); });
  ui.dialog.addEventListener("close", () => {
    asked = -1;
    clearTimeout(timer);
    built = null;
    ui.dialog.remove();
    editor.commands.focus(null, { scrollIntoView: false });
  });
  ui.dialog.showModal();
  ui.input.select();
  look();
};

export const Link = PlainLink.extend({
  addCommands() {
    return { ...this.parent?.(), addLink: () => ({ editor }) => { queueMicrotask(() => openDialog(editor)); return true; } };
  },
  addKeyboardShortcuts() {
    return { "Mod-k": ({ editor }) => editor.commands.addLink() };
  },
});
