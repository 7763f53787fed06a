// The queue and the page of one request: clocks that go on, signs of life, which bring back who else is there, and word
// of new requests. The queue never changes under a finger: it is loaded again by whoever reads it.
const TICK = 15000; // milliseconds
const BEAT = 30000;
const MINUTE = 60000;

const words = (minutes) => {
  const hours = Math.floor(minutes / 60);
  if (!hours) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

// counted from what the server said, so that a wrong clock in the phone does not matter
const started = Date.now();
const clocks = [...document.querySelectorAll("[data-clock]")].map((clock) => [clock, Number(clock.dataset.clock)]);
const tick = () => clocks.forEach(([clock, minutes]) => {
  const now = words(Math.floor(minutes + (Date.now() - started) / MINUTE));
  if (clock.textContent !== now) clock.textContent = now;
});
setInterval(tick, TICK);

const page = document.querySelector("[data-here]");
const say = (line) => {
  const place = page.querySelector("[data-others]");
  if (place.textContent.trim() !== line) place.textContent = line;
};

const beat = async () => {
  if (document.hidden) return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(page.dataset.here, { method: "POST", redirect: "error", headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error(answer.status);
    const { others, state } = await answer.json();
    const open = others.length ? `${others.join(", ")} ${others.length > 1 ? "have" : "has"} this open too.` : "";
    say(state === page.dataset.state ? open : `${open} Something has changed since you opened this. Load it again before you go on.`.trim());
  } catch {
    say("The desk cannot be reached, or you are signed out. What you see may be old.");
  }
};
if (page) setInterval(beat, BEAT);

const news = document.querySelector("[data-news]");
const tell = (line, ...more) => {
  if (news.dataset.said === line) return; // read out once
  news.dataset.said = line;
  news.replaceChildren(line, ...more);
};

const ask = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(news.dataset.news, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const { count, danger } = await answer.json();
    if (!count) return tell("");
    const again = document.createElement("a");
    again.href = location.pathname + location.search;
    again.textContent = "Load the queue again.";
    tell(`${count} new ${count > 1 ? "requests" : "request"}${danger ? `, ${danger} in danger` : ""}. `, again);
  } catch {
    tell("The desk cannot be reached, or you are signed out. What you see may be old.");
  }
};
if (news) {
  setInterval(ask, BEAT);
  document.addEventListener("visibilitychange", ask);
}
