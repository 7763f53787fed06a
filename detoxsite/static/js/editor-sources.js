// Cites a source: one that the article has, one that other articles cite (found by DOI, PMID or words), or a new one,
// from a citation that is typed or pasted. Only this site is asked. The field has no name: it is neither saved nor
// autosaved.
import { say } from "block-flow";
import { hasOther, identify, isSame, parse } from "citation";

const PAUSE = 250; // milliseconds after the last key
const HELP = "Paste a whole citation, or type a DOI, a PMID, or words of authors, title or journal. In the text you can type a citation in brackets.";
const NAMES = { authors: "authors", title: "title", container: "journal or agency", year: "year", detail: "volume and pages", doi: "DOI", pmid: "PMID", url: "web address", accessed_on: "date" };
const group = document.querySelector("#sources-group");
const address = location.pathname.replace(/\/edition\/.*$/, "/edition/known-sources/");
const positions = () => [...group.querySelectorAll("[name^='sources-'][name$='-position']:not([name*='__prefix__'])")];
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const set = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const valuesOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), textarea")].map(({ value }) => value).join(" ");
const fieldOf = (position, name) => group.querySelector(`[name="${position.name.replace(/position$/, name)}"]`);

// A new row with these values; returns the field of its number.
const add = (source) => {
  group.querySelector(".add-row a").click();
  const position = positions().at(-1);
  if (!position.value) set(position, Math.max(0, ...positions().map(({ value }) => Number(value))) + 1);
  for (const [name, value] of Object.entries(source)) {
    const field = fieldOf(position, name);
    if (field) set(field, value);
  }
  return position;
};

const addedAs = (position, source) => {
  const found = Object.keys(source).map((name) => NAMES[name]).join(", ");
  return `Added as source ${position.value}${found ? `: ${found}. Check what was found.` : ". It could not be taken apart: see to its fields."}`;
};

const rowOf = (position) => position.closest(".inline-related");
const kept = () => positions().filter((position) => !rowOf(position).querySelector("[name$='-DELETE']:checked"));

// Rows of this article to choose from: they hold what is typed, a DOI or PMID, or all of its words.
const own = (typed) => {
  const { doi, pmid } = parse(typed), words = plain(doi ?? pmid ?? typed).split(/\s+/).filter(Boolean);
  return kept().filter((position) => {
    const said = plain(valuesOf(rowOf(position)));
    return words.every((word) => said.includes(word));
  });
};
// The row that is this very source, to be cited without asking.
const same = (source) => kept().find((position) => isSame(source, identify(
  Object.fromEntries(["doi", "pmid", "url"].map((name) => [name, fieldOf(position, name).value.trim()])),
)));

const start = () => {
  const input = make("input", { type: "search", id: "known_source", autocomplete: "off", maxLength: 1000 });
  const list = make("ul", { className: "rows" }), status = make("p", { className: "help", textContent: HELP });
  status.setAttribute("role", "status");
  let timer, asked = 0, waiting = null; // puts the number into the text from which it is cited

  const begin = () => {
    clearTimeout(timer);
    asked += 1;
    list.replaceChildren();
    input.value = "";
  };
  const done = (position, said, missing = null) => {
    const insertNumber = waiting;
    waiting = null;
    begin();
    status.textContent = said;
    insertNumber?.(position.value, { goesBack: !missing });
    if (missing || !insertNumber) (missing ?? position).focus();
  };
  const leave = () => {
    const insertNumber = waiting;
    waiting = null;
    begin();
    status.textContent = HELP;
    insertNumber?.("", { goesBack: true });
  };

  // What was typed becomes a row of its own. Where it cannot be taken apart, all of it is the title of the row.
  const addTyped = () => {
    const typed = input.value.trim(), source = parse(typed), found = Object.keys(source);
    const position = add(found.length ? source : { title: typed });
    const missing = ["title", "container"].map((name) => fieldOf(position, name)).find(({ value }) => !value);
    done(position, addedAs(position, source), found.length ? missing : fieldOf(position, "title"));
  };

  const button = (text, run) => {
    const made = make("button", { type: "button", className: "small" }, text);
    made.addEventListener("click", run);
    return make("li", {}, made);
  };
  const about = (source) => [source.authors, source.title, [source.container, source.year].filter(Boolean).join(", ")].filter(Boolean).join(". ");

  const show = (found) => {
    const here = own(input.value);
    list.replaceChildren(
      ...here.map((position) => button(`[${position.value}] ${fieldOf(position, "title").value}`, () => done(position, `Source ${position.value} is in this article.`))),
      ...found.map((source) => button(about(source), () => {
        const position = add(source);
        done(position, `Added as source ${position.value}.`);
      })),
      button("Add what you typed as a new source", addTyped),
    );
    status.textContent = here.length + found.length ? `${here.length + found.length} found. Choose one to cite it.` : "No article cites it yet. Press Enter to add it.";
  };

  const ask = async () => {
    const number = (asked += 1), body = new FormData();
    body.set("typed", input.value.slice(0, 300));
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const response = await fetch(address, { method: "POST", body });
      const { found } = await response.json();
      if (number === asked) show(found);
    } catch {
      if (number !== asked) return;
      show([]);
      status.textContent = "The server could not be asked. Try again, or press Enter to add it as a new source.";
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked += 1;
    if (input.value.trim().length < 3) return list.replaceChildren();
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // it would save the article
      if (input.value.trim()) addTyped();
    }
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    }
  });
  document.addEventListener("cite-source", ({ detail: { insertNumber } }) => { // block-text.js
    leave();
    waiting = insertNumber;
    input.focus();
    input.scrollIntoView({ block: "center" });
  });
  document.addEventListener("cite-typed", ({ detail }) => { // block-text.js: only what can be told apart
    const source = parse(detail.typed), y = scrollY;
    if (!source.doi && !source.pmid) return;
    const known = same(source);
    if (!(known || source.title) || hasOther(detail.typed, source, known && valuesOf(rowOf(known)))) return;
    const position = known ?? add(source);
    if (!known) status.textContent = addedAs(position, source);
    scrollTo({ top: y }); // the row is below the text
    detail.number = position.value;
    say(known ? `Cited: source ${position.value}.` : `${status.textContent} Its row is below the text.`);
  });
  input.addEventListener("blur", () => setTimeout(() => { // whoever went elsewhere wants no number there any more
    if (!group.querySelector(".known-sources").contains(document.activeElement)) waiting = null;
  }));
  group.addEventListener("keydown", (event) => { // in a field of a row Enter would save the article, too
    const row = event.target.closest(".inline-related");
    if (event.key !== "Enter" || !row || !event.target.matches("input:not([type=checkbox])")) return;
    event.preventDefault();
    const fields = [...row.querySelectorAll("input:not([type=hidden], [type=checkbox])")].filter((field) => field.checkVisibility());
    (fields[fields.indexOf(event.target) + 1] ?? input).focus();
  });
  const label = make("label", { htmlFor: input.id }, "Cite a source");
  group.querySelector("h2").after(make("div", { className: "known-sources" }, label, input, status, list));
};
if (group) start();
