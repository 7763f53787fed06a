// The queue and the page of one request: running waiting times, heartbeats that return who else has the request open,
// calls and emails that claim the request before they begin, and notices of new requests. The queue never changes under a finger: the reader reloads it.
const TICK = 15000; // milliseconds
const HEARTBEAT = 30000;
const MINUTE = 60000;

const duration = (minutes) => {
  const hours = Math.floor(minutes / 60);
  if (!hours) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

// counted from the minutes the server sent, so that a wrong clock in the phone does not matter
const seen = new WeakMap(); // clock: when it came into the page
const tick = () => document.querySelectorAll("[data-clock]").forEach((clock) => {
  if (!seen.has(clock)) seen.set(clock, Date.now());
  const now = duration(Math.floor(Number(clock.dataset.clock) + (Date.now() - seen.get(clock)) / MINUTE));
  if (clock.textContent !== now) clock.textContent = now;
});
tick();
setInterval(tick, TICK);
document.addEventListener("visibilitychange", tick); // a phone that slept has counted nothing

const page = document.querySelector("[data-here]");
const showOthers = (line) => {
  const place = page.querySelector("[data-others]");
  if (place.textContent.trim() !== line) place.textContent = line;
};

// whoever types a long note is there: their sign-in must not end while they do
let hasTyped = false;
page?.addEventListener("input", () => { hasTyped = true; });

const heartbeat = async () => {
  if (document.hidden) return;
  const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
  if (!hasTyped) headers["X-Background"] = "1";
  hasTyped = false;
  try {
    const answer = await fetch(page.dataset.here, { method: "POST", redirect: "error", headers });
    if (!answer.ok) throw new Error(answer.status);
    const { others, change_token: changeToken } = await answer.json();
    const open = others.length ? `${others.join(", ")} ${others.length > 1 ? "have" : "has"} this open too.` : "";
    showOthers(changeToken === page.dataset.changeToken ? open : `${open} This request has changed since you opened it. Reload before you continue.`.trim());
  } catch {
    showOthers("The server cannot be reached, or you are signed out. This page may be out of date.");
  }
};
if (page) setInterval(heartbeat, HEARTBEAT);

// --- a call claims the request, then dials, and an email opens; without this script the answer has the number as a link ---

const ANSWER_WITHIN = 4000; // milliseconds; then it dials all the same: a call never waits for the server
const say = (line) => { page.querySelector("[data-said]").textContent = line; };

const isTyped = (field) => (field.options
  ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
  : field.value !== field.defaultValue || field.checked !== field.defaultChecked);
const typedIn = (part) => [...part.querySelectorAll("input, select, textarea")].filter(isTyped);

// what the claim changes, from the page that the server answered with; what was typed stays
const takeOver = (html) => {
  const answered = new DOMParser().parseFromString(html, "text/html");
  const fresh = answered.querySelector("[data-here]");
  if (!fresh) return "";
  for (const part of page.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part=${part.dataset.part}]`);
    if (!other) continue;
    const next = document.importNode(other, true);
    for (const { id, value, checked } of typedIn(part)) {
      const same = id && next.querySelector(`#${id}`);
      if (same) Object.assign(same, same.type === "checkbox" ? { checked } : { value });
    }
    part.replaceWith(next);
  }
  tick();
  Object.assign(page.dataset, { changeToken: fresh.dataset.changeToken, claim: fresh.dataset.claim ?? "" });
  answered.querySelectorAll(".messagelist a").forEach((link) => link.remove()); // to the form that was refused
  say([...answered.querySelectorAll(".messagelist li")].map((line) => line.textContent.trim()).join(" "));
  page.querySelector("#call_title").focus({ preventScroll: true });
  return page.querySelector(".callbox").classList.contains("yours") ? "yours" : "refused";
};

const claim = async () => {
  const body = new URLSearchParams({ csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value });
  try {
    const answer = await fetch(page.dataset.claim, { method: "POST", body, signal: AbortSignal.timeout(ANSWER_WITHIN) });
    const outcome = answer.ok && takeOver(await answer.text());
    if (outcome) return outcome;
  } catch { /* told below */ }
  say("Not claimed: the server cannot be reached, or you are signed out. Colleagues do not see that you have it.");
  return "unknown";
};

const dial = (number, outcome) => {
  const link = page.querySelector(`a.dial[href="${number}"]`); // of the page that the claim was answered with
  if (link) link.click();
  else if (outcome === "unknown") location.href = number;
  else if (number.startsWith("mailto:")) say("Not opened: the contact plan or the address has changed. Read it again.");
  else say("Not dialed: the contact plan or the number has changed. Read it again.");
};

let isClaiming = false;
const claimAndDial = async (number) => {
  if (isClaiming) return ""; // pressed twice: it dials once
  isClaiming = true;
  const outcome = await claim();
  isClaiming = false;
  if (number && outcome !== "refused") dial(number, outcome);
  return outcome;
};

page?.addEventListener("submit", async (event) => {
  if (event.target.id !== "act-claim") return;
  event.preventDefault();
  const form = event.target, number = event.submitter?.dataset.dial;
  const outcome = await claimAndDial(number);
  if (!number && outcome === "unknown" && !typedIn(page).length) form.submit(); // and the browser says what is wrong
});
page?.addEventListener("click", (event) => {
  const again = event.isTrusted && event.target.closest("[data-again]"); // not the click of dial()
  if (!again) return;
  event.preventDefault();
  claimAndDial(again.getAttribute("href"));
});

const news = document.querySelector("[data-news]");
const notify = (line, ...more) => {
  if (news.dataset.shown === line) return; // screen readers announce it once
  news.dataset.shown = line;
  news.replaceChildren(line, ...more);
};

const checkNew = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(news.dataset.news, { redirect: "error", headers: { "X-Background": "1" } });
    if (!answer.ok) throw new Error(answer.status);
    const { count, danger } = await answer.json();
    if (!count) return notify("");
    const reload = document.createElement("a");
    reload.href = location.pathname + location.search;
    reload.textContent = "Reload the queue.";
    notify(`${count} new ${count > 1 ? "requests" : "request"}${danger ? `, ${danger} in danger` : ""}. `, reload);
  } catch {
    notify("The server cannot be reached, or you are signed out. This page may be out of date.");
  }
};
if (news) {
  setInterval(checkNew, HEARTBEAT);
  document.addEventListener("visibilitychange", checkNew);
}
