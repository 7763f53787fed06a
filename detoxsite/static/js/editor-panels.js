// Beside a text: its checks, comments and details as tabs, and the keys that lead there and to the next step. Without
// this script the three stand one below the other.
const holder = document.querySelector("[data-panels]");
const panels = [...holder?.querySelectorAll("[data-panel]") ?? []];
const tabs = new Map();
const hasContent = (panel) => panel.childElementCount > 0;
const COUNTED = { checks: ".findings > li", comments: "[data-thread]:not(.done)" };

const choose = (panel) => {
  for (const [one, tab] of tabs) {
    one.hidden = one !== panel;
    tab.setAttribute("aria-selected", String(one === panel));
    tab.tabIndex = one === panel ? 0 : -1;
  }
};
// Other scripts open a panel by an event with its name.
document.addEventListener("open-panel", ({ detail }) => {
  const panel = panels.find((one) => one.dataset.panel === detail);
  if (panel && hasContent(panel)) choose(panel);
});
// So does a link to something in it, here or from another page.
const reveal = (hash) => {
  const target = hash.length > 1 && document.getElementById(hash.slice(1)), panel = target && target.closest("[data-panel]");
  if (!tabs.has(panel) || !panel.hidden) return;
  choose(panel);
  target.scrollIntoView();
};
document.addEventListener("click", ({ target }) => reveal(target.closest?.("a[href^='#']")?.hash ?? ""));
addEventListener("hashchange", () => reveal(location.hash));

const refresh = () => {
  for (const [panel, tab] of tabs) {
    tab.hidden = !hasContent(panel);
    const what = COUNTED[panel.dataset.panel], count = String((what && panel.querySelectorAll(what).length) || ""), shown = tab.querySelector("small");
    if (shown.textContent !== count) shown.textContent = count; // or the observer would never rest
    tab.classList.toggle("hot", panel.querySelector(".findings.red") !== null);
  }
  const chosen = panels.find((panel) => !panel.hidden);
  if (!chosen || tabs.get(chosen).hidden) choose(panels[0]);
};

const build = () => {
  const list = Object.assign(document.createElement("div"), { className: "panel-tabs" });
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Beside the text");
  for (const panel of panels) {
    const tab = Object.assign(document.createElement("button"), { type: "button", id: `${panel.id}_tab` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.append(panel.getAttribute("aria-label"), " ", document.createElement("small"));
    tab.addEventListener("click", () => choose(panel));
    panel.setAttribute("role", "tabpanel");
    panel.removeAttribute("aria-label");
    panel.setAttribute("aria-labelledby", tab.id);
    tabs.set(panel, tab);
    list.append(tab);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const shown = panels.filter((panel) => !tabs.get(panel).hidden);
    const next = shown[(shown.findIndex((panel) => !panel.hidden) + step + shown.length) % shown.length];
    choose(next);
    tabs.get(next).focus();
  });
  holder.prepend(list);
  choose(panels[0]);
  refresh();
  new MutationObserver(refresh).observe(holder, { childList: true, subtree: true });
};
if (holder) {
  build();
  reveal(location.hash);
}

// --- Ctrl Enter: saves, and leads to the button that hands the text in; there it presses it. With Shift it does both ---

const WAY = "handing-in"; // kept in the tab from the save to the page after it
const form = document.querySelector("#edition_form");
const handIn = document.querySelector(":is(#act-submit, #act-hand-in) [type=submit]");

const goToHandIn = () => {
  let isOnTheWay = false;
  try { isOnTheWay = sessionStorage.getItem(WAY) !== null; sessionStorage.removeItem(WAY); } catch { /* a private window */ }
  if (!isOnTheWay || !handIn || document.querySelector(".errornote")) return;
  handIn.focus({ preventScroll: true });
  handIn.scrollIntoView({ block: "center" });
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || !form) return;
  const { target } = event, other = target.form ?? target.closest("form");
  if ((other && other !== form) || target.closest("dialog, [data-comments]")) return; // what is typed there is not in this form
  const save = form.querySelector(event.shiftKey ? "[name=_submit]" : "[name=_continue]");
  if (!save) return;
  event.preventDefault();
  event.stopPropagation();
  try { if (!event.shiftKey) sessionStorage.setItem(WAY, "1"); } catch { /* then it only saves */ }
  save.click();
}, { capture: true });
if (form) addEventListener("load", () => setTimeout(goToHandIn));
