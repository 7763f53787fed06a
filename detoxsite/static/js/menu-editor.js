// The editor of the menus. Its buttons work without this; here they keep the focus on the entry that moves, Alt with an
// arrow key presses them, and a live region says what happened.
const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
const said = document.querySelector("[data-said]");
let last = Promise.resolve(); // moves run one after the other, each on the revision that the one before it left
let isNative = false;

const say = (text) => {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = text; });
};

const nodeOf = (key) => document.querySelector(`[data-node="${key}"]`);

const focus = (key, way) => {
  const node = nodeOf(key);
  (node?.querySelector(`[data-way="${way}"]:enabled`) ?? node?.querySelector(".name"))?.focus();
};

const isChanged = (field) => field.options
  ? [...field.options].some((option) => option.selected !== option.defaultSelected)
  : field.type !== "hidden" && field.defaultValue !== undefined && field.value !== field.defaultValue;

// What is typed beside the tree and not saved yet stays, on the revision that it was typed on.
const keepTyped = (typed, menus) => {
  if (![...(typed?.elements ?? [])].some(isChanged)) return;
  const fresh = menus.querySelector("#entry-form");
  if (fresh) fresh.replaceWith(typed);
  else menus.querySelector(".cols > :last-child").prepend(typed);
};

const send = async (form, button) => {
  const body = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const menus = page.querySelector("[data-menus]");
  if (!menus) throw new Error(answer.status); // signed out, or an error page
  const typed = document.getElementById("entry-form");
  document.querySelector("[data-menus]").replaceWith(document.adoptNode(menus));
  keepTyped(typed, menus);
  if (answer.redirected) history.replaceState(null, "", answer.url);
  return [...menus.querySelectorAll(".messagelist li")].map((line) => line.textContent).join(" ");
};

// ``held``: whether the focus stays on the button, or on the name of the entry
const move = (key, way, held) => {
  last = last.then(async () => {
    const button = nodeOf(key)?.querySelector(`[data-way="${way}"]`);
    if (!button) return say("This cannot be moved that way.");
    if (button.disabled) return say(button.title);
    try {
      const text = await send(button.form, button);
      focus(key, held ? way : "name");
      say(text);
    } catch {
      isNative = true;
      button.form.requestSubmit(button); // as without a script: the browser shows whatever the answer is
    }
  });
};

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (isNative || !event.target.matches("[data-tree]") || !button?.dataset.way) return;
  event.preventDefault();
  move(button.closest("[data-node]").dataset.node, button.dataset.way, true);
});

document.addEventListener("keydown", (event) => {
  const node = event.target.closest?.("[data-node]");
  const way = WAYS[event.key];
  if (!node || !way || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  move(node.dataset.node, way, Boolean(event.target.dataset.way));
});
