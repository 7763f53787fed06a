// The work at the article desk: what is typed is kept on the server every few seconds (and in this browser while the
// server cannot be reached), colleagues with the same draft open are named, and the editorial checks read along.
const BEAT = 3000; // milliseconds between two looks at the form
const PRESENCE = 20000; // at most so long without a sign of life
const SIGNED_OUT = "The desk cannot be reached, or you are signed out.";
const panel = document.querySelector("[data-work]");
const form = document.querySelector("#edition_form");
const part = (name) => panel.querySelector(`[data-${name}]`);
const local = `kept:${panel?.dataset.user}:${panel?.dataset.work}`;
const page = () => form.elements._page.value;
const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
let opened, before, last = 0, busy = false, sending = false, mine = false, running = Promise.resolve();

const say = (words) => { part("status").textContent = words; };

const ask = async (options = {}, query = "") => {
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(panel.dataset.work + query, { redirect: "error", headers, ...options });
  if (!response.ok) throw new Error(response.status);
  return response.json();
};

const tellServer = (message) => ask({ method: "POST", body: JSON.stringify({ page: page(), ...message }) });

// while somebody is in the panel, it stays as it is
const read = (remarks) => {
  const shown = document.querySelector("[data-remarks]");
  if (!remarks || shown.contains(document.activeElement)) return;
  shown.innerHTML = remarks;
  const counts = shown.querySelector("p")?.textContent.trim();
  const told = document.querySelector("[data-counts]");
  if (told && counts && told.textContent !== counts) told.textContent = counts;
};

const hear = (answer) => {
  const others = answer.others.length
    ? `${answer.others.join(", ")} ${answer.others.length > 1 ? "have" : "has"} this open too. Talk before you both save.` : "";
  const overtaken = answer.revision !== null && String(answer.revision) !== form.elements.opened?.value;
  const now = overtaken ? `${others} It has been saved by somebody else since you opened it.` : others;
  if (part("others").textContent !== now) part("others").textContent = now;
  read(answer.remarks);
};

// one after the other: a message that overtakes a save would bring back what was saved as unsaved
const beat = (force = false) => {
  if (!busy || force) running = running.then(() => tell(force));
  return running;
};

const tell = async (force) => {
  if (sending) return null;
  const words = typed();
  const now = JSON.stringify(words);
  const changed = now !== before;
  if (!force && !changed && Date.now() - last < PRESENCE) return null;
  busy = true;
  try {
    const isDirty = now !== opened;
    const answer = await tellServer({ typed: isDirty && (changed || force) ? words : null, forget: changed && !isDirty });
    hear(answer);
    last = Date.now();
    if (mine) localStorage.removeItem(local);
    mine = false;
    if (changed && isDirty) say(`Kept for you at ${answer.kept_at}. Not saved yet.`);
    if (answer.closed) say(`${answer.closed} What you typed is kept: reload this page to read it.`);
    before = now;
    return answer;
  } catch {
    if (changed) {
      mine = true;
      try { localStorage.setItem(local, now); } catch { /* a full or forbidden store: nothing more can be done */ }
      say(`${SIGNED_OUT} What you type is kept in this browser.`);
    }
    return null;
  } finally {
    busy = false;
  }
};

// Before the form goes: is somebody still signed in? If not, it stays where it is, with everything in it.
const send = async (submitter) => {
  try {
    const { token } = await ask();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    const answer = await beat(true);
    if (answer?.closed) return;
    sending = true;
    form.requestSubmit(submitter);
  } catch {
    await beat(true);
    say(`Not saved: ${SIGNED_OUT.toLowerCase().replace(".", "")}. Sign in again in another tab, then press Save here once more. Your text is kept.`);
    panel.scrollIntoView({ block: "center" });
  }
};

// An empty name stands for what this browser keeps itself.
const takeUp = async (name) => {
  const { token, typed: kept } = await ask({}, `?page=${encodeURIComponent(name)}`);
  const pairs = name ? kept : JSON.parse(localStorage.getItem(local));
  if (!pairs) return say("It is not there any more.");
  const again = document.createElement("form");
  again.method = "post";
  again.enctype = "multipart/form-data";
  for (const [field, value] of [...pairs, ["_kept", "1"], ["csrfmiddlewaretoken", token]]) {
    const box = document.createElement("textarea");
    box.name = field;
    box.value = value;
    again.append(box);
  }
  again.hidden = true;
  document.body.append(again);
  sending = true;
  if (!name) localStorage.removeItem(local);
  return again.submit();
};

const throwAway = async (name, box) => {
  if (name) await tellServer({ page: name, typed: null, forget: true });
  else localStorage.removeItem(local);
  box.hidden = true;
  say("Thrown away.");
};

const excuse = async (small) => {
  await beat(true);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(small.action, { method: "POST", headers, body: new FormData(small) });
  // a step that was taken leads back to the page; one that was refused shows it again
  if (!response.redirected || response.url.includes("/accounts/")) {
    say("That could not be recorded. Write why it is a false alarm; if you did, sign in again in another tab.");
    return;
  }
  document.querySelector("[data-remarks]").blur();
  document.activeElement?.blur();
  if (JSON.stringify(typed()) === opened) read((await ask({}, "?remarks=1")).remarks);
  else await beat(true);
  say("Recorded as a false alarm.");
  document.querySelector("[data-remarks]").focus();
};

const signInFirst = () => say(`${SIGNED_OUT} Sign in again in another tab, then press once more.`);

if (panel && form) {
  if (localStorage.getItem(local)) panel.querySelector("[data-local]").hidden = false;
  panel.addEventListener("click", (event) => {
    const { takeUp: wanted, throwAway: unwanted } = event.target.dataset;
    if (wanted !== undefined) takeUp(wanted).catch(signInFirst);
    if (unwanted !== undefined) throwAway(unwanted, event.target.closest("[data-kept]")).catch(signInFirst);
  });
  // the editor fills its boxes first
  addEventListener("load", () => setTimeout(() => {
    before = JSON.stringify(typed());
    opened = "unsaved" in panel.dataset ? "" : before;
    if (opened) ask({}, "?remarks=1").then((answer) => read(answer.remarks)).catch(() => {});
    beat(!opened);
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
    excuse(event.target).catch(signInFirst);
  });
}
