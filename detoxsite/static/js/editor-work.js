// The work at the article desk: what is typed is kept on the server every few seconds (and in this browser while the
// server cannot be reached), colleagues with the same draft open are named, and the editorial checks read along.
const BEAT = 3000; // milliseconds between two looks at the form
const PRESENCE = 20000; // at most so long without a sign of life
const panel = document.querySelector("[data-work]");
const form = document.querySelector("#edition_form");
const part = (name) => panel.querySelector(`[data-${name}]`);
const local = `kept:${panel?.dataset.work}`;
const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
let before, last = 0, busy = false, sending = false, running = Promise.resolve();

const say = (words) => { part("status").textContent = words; };

const ask = async (options = {}, query = "") => {
  const response = await fetch(panel.dataset.work + query, { redirect: "error", headers: { Accept: "application/json" }, ...options });
  if (!response.ok) throw new Error(response.status);
  return response.json();
};

// while somebody is in the panel, it stays as it is
const read = (remarks) => {
  const shown = document.querySelector("[data-remarks]");
  if (remarks && !shown.contains(document.activeElement)) shown.innerHTML = remarks;
};

const hear = (answer) => {
  part("others").textContent = answer.others.length
    ? `${answer.others.join(", ")} ${answer.others.length > 1 ? "have" : "has"} this open too. Talk before you both save.` : "";
  const overtaken = answer.revision !== null && String(answer.revision) !== form.elements.opened?.value;
  if (overtaken) part("others").textContent += " It has been saved by somebody else since you opened it.";
  read(answer.remarks);
};

// one after the other: a message that overtakes a save would bring back what was saved as unsaved
const beat = (force = false) => {
  if (!busy || force) running = running.then(() => tell(force));
  return running;
};

const tell = async (force) => {
  if (sending) return;
  const now = typed();
  const changed = JSON.stringify(now) !== before;
  if (!force && !changed && Date.now() - last < PRESENCE) return;
  busy = true;
  try {
    const token = form.elements.csrfmiddlewaretoken.value;
    const body = JSON.stringify({ typed: changed || force ? now : null });
    const answer = await ask({ method: "POST", headers: { "X-CSRFToken": token }, body });
    hear(answer);
    last = Date.now();
    if (changed || force) {
      before = JSON.stringify(now);
      localStorage.removeItem(local);
      say(`Kept for you at ${answer.kept_at}. Not saved yet.`);
    }
  } catch {
    if (changed || force) {
      try { localStorage.setItem(local, JSON.stringify(now)); } catch { /* a full or forbidden store: nothing more can be done */ }
      say("The desk cannot be reached, or you are signed out. What you type is kept in this browser.");
    }
  } finally {
    busy = false;
  }
};

// Before the form goes: is somebody still signed in? If not, it stays where it is, with everything in it.
const send = async (submitter) => {
  try {
    const { token } = await ask();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    await beat(true);
    sending = true;
    form.requestSubmit(submitter);
  } catch {
    await beat(true);
    say("Not saved: the desk cannot be reached, or you are signed out. Sign in again in another tab, then press Save here once more. Your text is kept.");
    panel.scrollIntoView({ block: "center" });
  }
};

const takeUp = async () => {
  const stored = localStorage.getItem(local);
  const { token, typed: kept } = await ask();
  const again = document.createElement("form");
  again.method = "post";
  again.enctype = "multipart/form-data";
  for (const [name, value] of [...(stored ? JSON.parse(stored) : kept), ["_kept", "1"], ["csrfmiddlewaretoken", token]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    again.append(field);
  }
  again.hidden = true;
  document.body.append(again);
  again.submit();
};

const throwAway = async () => {
  localStorage.removeItem(local);
  const token = form.elements.csrfmiddlewaretoken.value;
  await ask({ method: "POST", headers: { "X-CSRFToken": token }, body: JSON.stringify({ typed: null, forget: true }) });
  part("kept").hidden = true;
  say("Thrown away.");
};

const excuse = async (small) => {
  const token = form.elements.csrfmiddlewaretoken.value;
  await beat(true);
  const response = await fetch(small.action, { method: "POST", headers: { "X-CSRFToken": token }, body: new FormData(small) });
  say(response.ok ? "Recorded as a false alarm." : "That could not be recorded.");
  document.activeElement?.blur();
  await beat(true);
};

if (panel && form) {
  if (localStorage.getItem(local)) part("kept").hidden = false;
  part("take-up").addEventListener("click", takeUp);
  part("throw-away").addEventListener("click", throwAway);
  // the editor fills its boxes first
  addEventListener("load", () => setTimeout(() => {
    before = JSON.stringify(typed());
    if (!("unsaved" in panel.dataset)) ask({}, "?remarks=1").then((answer) => read(answer.remarks)).catch(() => {});
    beat("unsaved" in panel.dataset);
    setInterval(beat, BEAT);
  }, 600));
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && before) beat(); });
  form.addEventListener("submit", (event) => {
    if (sending) return;
    event.preventDefault();
    send(event.submitter);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".excuse")) return;
    event.preventDefault();
    excuse(event.target);
  });
}
