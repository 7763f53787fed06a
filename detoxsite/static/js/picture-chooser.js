// Choosing a picture. In place of a list there is a button with the picture; it opens the library with search and tags.
// A file dropped on the block or the library is uploaded and chosen. Without this script the list stays.
const PAUSE = 200; // milliseconds after the last key
const UNREACHABLE = "The server cannot be reached, or you are signed out.";
const known = new Map(); // pictures by key, as the server describes them

const make = (tag, { aria = {}, ...properties } = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(name === "role" ? name : `aria-${name}`, value);
  element.append(...children);
  return element;
};
const post = async (address, values) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const response = await fetch(address, { method: "POST", body, redirect: "error" });
  if (!response.ok && response.status !== 422) throw new Error(response.status);
  return response.json();
};

// --- the field ---
const show = (select) => {
  const { button, about, clear } = select.field, option = select.selectedOptions[0], picture = known.get(select.value), isEmpty = !select.value;
  button.replaceChildren(...(picture ? [make("img", { src: picture.preview, alt: "" })] : []), isEmpty ? "Choose a picture" : "Change");
  button.setAttribute("aria-label", isEmpty ? "Choose a picture" : `Change the picture: ${option.text}`);
  about.replaceChildren(...(isEmpty ? [] : [make("b", {}, option.text), make("small", {}, picture?.alt ?? "")]));
  clear.hidden = isEmpty || !("optional" in select.dataset);
};

const set = (select, picture) => {
  if (picture) {
    known.set(String(picture.id), picture);
    if (![...select.options].some(({ value }) => value === String(picture.id))) select.add(new Option(picture.title, picture.id));
  }
  select.value = picture ? picture.id : "";
  select.dispatchEvent(new Event("change", { bubbles: true }));
};

const dress = (select) => {
  if (select.field) return;
  for (const { value, text, dataset } of select.options) if (dataset.src) known.set(value, { id: value, title: text, alt: dataset.alt, preview: dataset.src });
  const button = make("button", { type: "button", id: `${select.id}_button`, className: "picture-button", aria: { haspopup: "dialog" } });
  const clear = make("button", { type: "button", className: "btn quiet" }, "No picture"), about = make("p", { className: "about" });
  select.field = { button, about, clear };
  button.addEventListener("click", () => library.open(select));
  clear.addEventListener("click", () => { set(select, null); button.focus(); });
  select.addEventListener("change", () => show(select));
  if (select.getAttribute("aria-describedby")) button.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
  document.querySelectorAll(`label[for="${select.id}"]`).forEach((label) => { label.htmlFor = button.id; });
  select.hidden = true;
  select.after(make("div", { className: "picture-field" }, button, about, clear));
  show(select);
};

// --- the library ---
class Library {
  constructor() {
    const id = (name) => `picture_library_${name}`;
    const labelled = (name, label, field) => make("p", {}, make("label", { htmlFor: (field.id = id(name)) }, label), Object.assign(field, { name }));
    const errors = (name) => Object.assign(make("ul", { className: "errorlist", id: `${id(name)}_errors` }), { about: name });
    this.search = make("input", { type: "search", autocomplete: "off", maxLength: 300 });
    this.tag = make("select", {}, new Option("All tags", ""));
    this.status = make("p", { className: "help", aria: { role: "status" } });
    this.list = make("ul", { className: "choices", id: id("list"), tabIndex: 0, aria: { role: "listbox", label: "Pictures" } });
    this.more = make("button", { type: "button", className: "btn quiet" }, "Show more");
    this.file = make("input", { type: "file", accept: "image/*,.heic,.heif,.avif" });
    this.take = make("button", { type: "button", className: "btn", hidden: true });
    const close = make("button", { type: "button", className: "btn quiet" }, "Close");
    this.hint = make("small");
    this.upload = labelled("image", make("span", {}, "Add a new picture", make("span", { className: "by-key" }, ": drop a file anywhere here, or choose one")), this.file);
    this.upload.append(this.hint);
    this.browse = make("div", { className: "browse" },
      make("div", { className: "finding", aria: { role: "search" } }, labelled("typed", "Search pictures", this.search), labelled("tag", "Tag", this.tag)),
      this.status, make("p", { className: "help by-key" }, "Arrow keys move, Enter chooses, Escape closes."), make("div", { className: "shelf" }, this.list, this.more), make("div", { className: "foot" }, this.upload, this.take));
    const words = [["title", "Title", 80, "Used to find it. Readers do not see it."], ["alt", "Text alternative", 200, "What it shows, for people who cannot see it. One plain sentence."],
      ["credit", "Credit", 120, "Who made it, and under which license we show it."], ["tags", "Tags", 300, "With commas between them."]];
    this.words = make("form", { className: "words-of", noValidate: true, hidden: true },
      make("p", { className: "help" }), make("img", { alt: "" }), make("div", { aria: { role: "alert" } }, errors("image")),
      ...words.map(([name, label, maxLength, help]) => {
        const described = `${id(name)}_help ${id(name)}_errors`;
        return make("div", { className: "form-row" }, errors(name), make("label", { htmlFor: id(name) }, label), make("input", { id: id(name), name, maxLength, autocomplete: "off", className: "vTextField", aria: { describedby: described } }),
          make("div", { className: "help", id: `${id(name)}_help` }, help));
      }),
      make("div", { className: "foot" }, make("button", { className: "btn" }, "Add and choose"), make("button", { type: "button", className: "btn quiet" }, "Back")));
    this.dialog = make("dialog", { className: "picture-library", aria: { labelledby: id("heading") } },
      make("datalist", { id: id("known") }), make("header", {}, make("h2", { id: id("heading") }, "Choose a picture"), close), this.browse, this.words);
    this.words.elements.tags.setAttribute("list", id("known"));
    document.body.append(this.dialog);
    close.addEventListener("click", () => this.dialog.close());
    this.listen();
  }

  open(select, files = []) {
    this.select = select;
    this.isSeveral = "several" in select.dataset;
    this.file.multiple = this.isSeveral;
    this.hint.textContent = select.dataset.hint;
    this.upload.hidden = !select.dataset.upload;
    [this.chosen, this.added, this.files] = [new Map(), [], []];
    this.search.value = this.tag.value = "";
    this.showTake();
    this.list.setAttribute("aria-multiselectable", String(this.isSeveral));
    this.showWords(false);
    this.dialog.showModal();
    this.look({ withTags: true });
    if (files.length) this.queue(files);
    else this.search.focus();
  }

  async look({ page = 1, withTags = false } = {}) {
    const asked = (this.asked = (this.asked ?? 0) + 1), filter = { typed: this.search.value, tag: this.tag.value };
    const answer = await post(this.select.dataset.choose, { ...filter, page, ...(withTags && { tags: "1" }) }).catch(() => null);
    if (asked !== this.asked) return;
    if (!answer) return this.status.replaceChildren(UNREACHABLE);
    if (withTags) this.offer(answer.tags);
    const options = answer.found.map((picture) => this.option(picture));
    if (page === 1) this.list.replaceChildren(...options);
    else this.list.append(...options);
    [this.page, this.more.hidden] = [answer.page, answer.page >= answer.pages];
    const count = answer.total === 1 ? "1 picture" : `${answer.total.toLocaleString("en-US")} pictures`;
    this.only = filter.typed && answer.total === 1 && !this.isSeveral ? filter.typed : null;
    this.status.textContent = answer.total ? `${count}.${this.only ? " Enter chooses it." : ""}` : "No picture has these words.";
    this.mark(page === 1 ? this.list.firstElementChild : options[0]);
  }

  offer(tags) {
    const chosen = this.tag.value;
    this.tag.replaceChildren(new Option("All tags", ""), ...tags.map(([tag, count]) => new Option(`${tag} (${count})`, tag)));
    this.tag.value = tags.some(([tag]) => tag === chosen) ? chosen : "";
    this.tag.parentElement.hidden = !tags.length;
    this.dialog.querySelector("datalist").replaceChildren(...tags.map(([value]) => make("option", { value })));
  }

  option(picture) {
    known.set(String(picture.id), picture);
    const image = make("img", { loading: "lazy", src: picture.square, alt: "", width: 120, height: 120 }), label = `${picture.title}: ${picture.alt}`;
    const option = make("li", { id: `picture_${picture.id}`, title: `${picture.alt} (${picture.credit})`, aria: { role: "option", label } }, image, make("span", {}, picture.title));
    option.picture = picture;
    option.setAttribute("aria-selected", String(this.isSeveral ? this.chosen.has(picture.id) : String(picture.id) === this.select.value));
    return option;
  }

  // Where the arrow keys are.
  mark(option) {
    this.list.querySelector(".at")?.classList.remove("at");
    this.at = option ?? null;
    if (!option) return this.list.removeAttribute("aria-activedescendant");
    option.classList.add("at");
    this.list.setAttribute("aria-activedescendant", option.id);
    return document.activeElement === this.list ? option.scrollIntoView({ block: "nearest" }) : null;
  }

  toggle(option) {
    const { picture } = option;
    if (!this.isSeveral) return this.choose([picture]);
    if (!this.chosen.delete(picture.id)) this.chosen.set(picture.id, picture);
    option.setAttribute("aria-selected", String(this.chosen.has(picture.id)));
    return this.showTake();
  }

  showTake() {
    const { size } = this.chosen;
    this.take.hidden = !size;
    this.take.textContent = size === 1 ? "Choose 1 picture" : `Choose ${size} pictures`;
  }

  choose([first, ...others]) {
    this.dialog.close();
    set(this.select, first);
    if (others.length) this.select.dispatchEvent(new CustomEvent("picture:several", { bubbles: true, detail: { pictures: others } }));
  }

  // Enter in the search takes the only match, even where that is still being looked for; several are a list to choose from.
  async takeOnly() {
    const { select, search } = this, isCurrent = () => search.value && this.only === search.value;
    clearTimeout(this.timer);
    if (search.value && !isCurrent()) await this.look();
    if (!this.dialog.open || this.select !== select || document.activeElement !== search) return;
    if (isCurrent()) this.choose([this.list.firstElementChild.picture]);
    else this.list.focus();
  }

  key(event) {
    const { key } = event, all = [...this.list.children], at = all.indexOf(this.at);
    const columns = all.filter((one) => one.offsetTop === all[0].offsetTop).length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (key in steps) {
      const next = all[at + steps[key]];
      if (next) this.mark(next);
      else if (key === "ArrowUp") this.search.focus();
      else if (key === "ArrowDown" && !this.more.hidden) this.look({ page: this.page + 1 });
    } else if (key === "Home") this.mark(all[0]);
    else if (key === "End") this.mark(all.at(-1));
    else if (key === " " && this.at) this.toggle(this.at);
    else if (key === "Enter" && this.at) this.choose(this.chosen.size ? [...this.chosen.values()] : [this.at.picture]);
    else return;
    event.preventDefault();
  }

  // --- a new picture ---
  queue(files) {
    this.files = [...files].slice(0, this.isSeveral ? 20 : 1);
    this.total = this.files.length;
    this.showWords(true);
  }

  showWords(isShown) {
    if (this.address) URL.revokeObjectURL(this.address);
    [this.words.hidden, this.browse.hidden] = [!isShown, isShown];
    if (!isShown) return;
    const [file] = this.files, { credit } = this.words.elements, kept = credit.value;
    this.words.reset();
    credit.value = kept;
    const title = file.name.replace(/\.[^.]*$/, "").replace(/[\s_-]+/g, " ").trim().slice(0, 80);
    this.words.elements.title.value = title.charAt(0).toUpperCase() + title.slice(1);
    this.address = URL.createObjectURL(file);
    this.words.querySelector("img").src = this.address;
    this.words.querySelector("p").textContent = this.total > 1 ? `New picture ${this.total - this.files.length + 1} of ${this.total}` : "A new picture for the library";
    this.showErrors({});
    this.words.elements.alt.focus();
  }

  showErrors(errors) {
    for (const list of this.words.querySelectorAll(".errorlist")) {
      const found = errors[list.about] ?? [];
      list.replaceChildren(...found.map((error) => make("li", {}, error)));
      this.words.elements[list.about]?.setAttribute("aria-invalid", String(found.length > 0));
    }
    this.words.elements[Object.keys(errors).find((name) => this.words.elements[name])]?.focus();
  }

  async send() {
    const button = this.words.querySelector("button"), { select, files } = this;
    const isLate = () => !this.dialog.open || this.select !== select || this.files !== files; // somebody went back, or on
    if (button.disabled) return;
    button.disabled = true;
    try {
      const { picture, errors } = await post(select.dataset.upload, { ...Object.fromEntries(new FormData(this.words)), image: files[0] });
      if (isLate()) return null;
      if (errors) return this.showErrors(errors);
      this.added.push(picture);
      files.shift();
      return files.length ? this.showWords(true) : this.choose([...this.chosen.values(), ...this.added]);
    } catch {
      return isLate() ? null : this.showErrors({ image: [`${UNREACHABLE} What you typed is still here.`] });
    } finally {
      button.disabled = false;
    }
  }

  listen() {
    this.search.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.look(), PAUSE); });
    this.search.addEventListener("keydown", (event) => {
      if (!["ArrowDown", "Enter", "Escape"].includes(event.key) || event.isComposing) return;
      event.preventDefault();
      if (event.key === "Escape") this.dialog.close(); // the field would only be emptied
      else if (event.key === "Enter" && !event.repeat) this.takeOnly();
      else this.list.focus();
    });
    this.tag.addEventListener("change", () => this.look());
    this.more.addEventListener("click", () => { this.list.focus(); this.look({ page: this.page + 1 }); });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) { this.mark(option); this.toggle(option); }
    });
    this.take.addEventListener("click", () => this.choose([...this.chosen.values()]));
    this.file.addEventListener("change", () => { if (this.file.files.length) this.queue(this.file.files); this.file.value = ""; });
    this.words.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.words.querySelector("[type=button]").addEventListener("click", () => { this.files = []; this.showWords(false); this.search.focus(); });
    this.dialog.addEventListener("close", () => {
      this.showWords(false);
      if (document.activeElement === document.body) this.select.field.button.focus(); // it was opened by a drop
    });
  }
}
const library = { open: (...about) => (library.made ??= new Library()).open(...about) }; // made when it is first needed

// --- files that are dropped: on the library, or on the block or row of a field ---

const targetOf = (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return null;
  if (library.made?.dialog.open) return library.made.select;
  const select = event.target.closest?.(".blk, .form-row")?.querySelector("select[data-choose]");
  return select?.dataset.upload ? select : null;
};
document.addEventListener("dragover", (event) => { if (targetOf(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  const select = targetOf(event), files = event.dataTransfer?.files;
  if (!select) return;
  event.preventDefault();
  if (!files.length || !select.dataset.upload) return;
  if (library.made?.dialog.open) library.made.queue(files);
  else library.open(select, files);
});

const dressIn = (part) => part.querySelectorAll("select[data-choose]").forEach(dress);
dressIn(document);
document.addEventListener("formset:added", ({ target }) => dressIn(target));
