// Beside title, summary and address: how long they are, how a search result will look, and the address to come.
const result = document.querySelector("[data-search-result]");
const field = (name) => document.getElementById(`id_${name}`);
const SHOWN = { title: 60, summary: 155 }; // characters that search engines show of them, about
const title = field("title"), summary = field("summary"), slug = field("slug");

const lettersOf = (text) => [...text.trim()].length;
const cut = (text, length) => {
  const letters = [...text.trim()];
  return letters.length <= length ? text.trim() : `${letters.slice(0, length).join("").replace(/\s+\S*$/, "")} …`;
};
const slugOf = (text) => text.normalize("NFKD").replace(/[^\p{ASCII}]/gu, "").toLowerCase().replace(/[^\w\s-]/g, "")
  .trim().replace(/[-\s]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 80);

const counters = Object.entries({ title, summary }).filter(([, input]) => input && result).map(([name, input]) => {
  const line = Object.assign(document.createElement("p"), { className: "count", id: `id_${name}_count` });
  input.after(line);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
  return () => {
    const letters = lettersOf(input.value), most = input.maxLength > 0 ? ` of ${input.maxLength}` : "";
    line.textContent = `${letters}${most} characters${letters > SHOWN[name] ? `. Search engines show about ${SHOWN[name]}.` : ""}`;
    line.classList.toggle("long", letters > SHOWN[name]);
  };
});

// Until someone types another address, it is made from the title. The server does it; here it is only shown.
let isTyped = !result?.hasAttribute("data-follows");
const address = () => (!slug ? result.dataset.path : isTyped && slug.value ? slug.value : slugOf(title.value));
const hint = document.createElement("p");

const show = () => {
  for (const count of counters) count();
  const parent = field("parent"), above = !parent ? result.dataset.above : parent.value ? parent.selectedOptions[0].text.replace(/^\/|\/$/g, "") : "";
  result.querySelector("[data-result-title]").textContent = cut(title.value, SHOWN.title) || "Title";
  result.querySelector("[data-result-summary]").textContent = cut(summary.value, SHOWN.summary) || "Summary";
  result.querySelector("[data-result-path]").textContent = [above, address()].filter(Boolean).join(" › ");
  if (slug) {
    hint.textContent = isTyped ? "" : "Follows the title until the first sign-off, unless you type another.";
    slug.placeholder = address();
  }
};

if (result && title && summary) {
  if (slug) {
    hint.className = "count";
    slug.after(hint);
    slug.addEventListener("input", () => {
      isTyped = slug.value !== "";
      slug.form.querySelector("[name=slug_typed]")?.remove();
      if (isTyped) slug.after(Object.assign(document.createElement("input"), { type: "hidden", name: "slug_typed", value: "1" }));
    });
  }
  document.querySelector("#edition_form").addEventListener("input", ({ target }) => {
    if ([title, summary, slug, field("parent")].includes(target)) show();
  });
  show();
}
