// The queue and the page of one request: running waiting times, heartbeats that return who else has the request open,
// and notices of new requests. The queue never changes under a finger: the reader reloads it.
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
const started = Date.now();
const clocks = [...document.querySelectorAll("[data-clock]")].map((clock) => [clock, Number(clock.dataset.clock)]);
const tick = () => clocks.forEach(([clock, minutes]) => {
  const now = duration(Math.floor(minutes + (Date.now() - started) / MINUTE));
  if (clock.textContent !== now) clock.textContent = now;
});
setInterval(tick, TICK);

const page = document.querySelector("[data-here]");
const showOthers = (line) => {
  const place = page.querySelector("[data-others]");
  if (place.textContent.trim() !== line) place.textContent = line;
};

const heartbeat = async () => {
  if (document.hidden) return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(page.dataset.here, { method: "POST", redirect: "error", headers: { "X-CSRFToken": token, "X-Background": "1" } });
    if (!answer.ok) throw new Error(answer.status);
    const { others, change_token: changeToken } = await answer.json();
    const open = others.length ? `${others.join(", ")} ${others.length > 1 ? "have" : "has"} this open too.` : "";
    showOthers(changeToken === page.dataset.changeToken ? open : `${open} This request has changed since you opened it. Reload before you continue.`.trim());
  } catch {
    showOthers("The server cannot be reached, or you are signed out. This page may be out of date.");
  }
};
if (page) setInterval(heartbeat, HEARTBEAT);

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
