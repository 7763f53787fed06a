// Suggestions of a <datalist> replace the whole field. Here they are what was typed up to the last comma, and a tag.
const list = document.getElementById("picture_tags");
const tags = [...list?.options ?? []].map(({ value }) => value);

document.addEventListener("input", ({ target }) => {
  if (!list || target.getAttribute("list") !== list.id) return;
  const before = target.value.slice(0, target.value.lastIndexOf(",") + 1).trimEnd();
  const used = before.split(",").map((tag) => tag.trim().toLowerCase());
  const offered = tags.filter((tag) => !used.includes(tag)).map((tag) => `${before}${before && " "}${tag}`);
  list.replaceChildren(...offered.map((value) => Object.assign(document.createElement("option"), { value })));
});
