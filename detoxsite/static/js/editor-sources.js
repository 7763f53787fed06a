// Finds sources that other articles cite already, by DOI, PMID or words, and fills a new row with the chosen one. Only
// this site is asked. The field has no name: it is neither saved nor autosaved.
const PAUSE = 250; // milliseconds after the last key
const group = document.querySelector("#sources-group");
const address = location.pathname.replace(/\/edition\/.*$/, "/edition/known-sources/");
const positions = () => [...group.querySelectorAll("[name^='sources-'][name$='-position']:not([name*='__prefix__'])")];

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

const cite = (source) => {
  group.querySelector(".add-row a").click();
  const position = positions().at(-1), prefix = position.name.replace(/position$/, "");
  if (!position.value) set(position, Math.max(0, ...positions().map(({ value }) => Number(value))) + 1);
  for (const [name, value] of Object.entries(source)) {
    const field = group.querySelector(`[name="${prefix}${name}"]`);
    if (field) set(field, value);
  }
  position.focus();
  return position.value;
};

const start = () => {
  const input = make("input", { type: "search", id: "known_source", autocomplete: "off", maxLength: 300 });
  const list = make("ul", { className: "rows" }), status = make("p", { className: "help" });
  status.setAttribute("role", "status");
  status.textContent = "A DOI, a PMID, or words of authors, title or journal.";
  let timer, asked = 0;

  const show = (found) => {
    list.replaceChildren(...found.map((source) => {
      const about = [source.authors, source.title, [source.container, source.year].filter(Boolean).join(", ")];
      const button = make("button", { type: "button", className: "small" }, about.filter(Boolean).join(". "));
      button.addEventListener("click", () => {
        list.replaceChildren();
        input.value = "";
        status.textContent = `Added as source ${cite(source)}.`;
      });
      return make("li", {}, button);
    }));
    status.textContent = found.length ? `${found.length} found. Choose one to cite it.` : "No article cites it yet. Add it below.";
  };

  const ask = async () => {
    const number = (asked += 1), body = new FormData();
    body.set("typed", input.value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const response = await fetch(address, { method: "POST", body });
      const { found } = await response.json();
      if (number === asked) show(found);
    } catch {
      if (number === asked) status.textContent = "The server could not be asked. Try again, or type the source below.";
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < 3) return list.replaceChildren();
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would save the article
  });
  const label = make("label", { htmlFor: input.id }, "Cite a source again");
  group.querySelector("h2").after(make("div", { className: "known-sources" }, label, input, status, list));
};
if (group) start();
