// Draft autosave: sends form data to the server every few seconds (and keeps it in this browser while the server cannot
// be reached), names other people who have the draft open, and shows the findings of the editorial checks.
const INTERVAL = 3000; // milliseconds between two looks at the form
const PRESENCE_INTERVAL = 20000; // milliseconds; the longest time without a message
const UNREACHABLE = "The server cannot be reached, or you are signed out.";
const panel = document.querySelector("[data-autosave]");
const form = document.querySelector("#edition_form");
const part = (name) => panel.querySelector(`[data-${name}]`);
const storageKey = `autosave:${panel?.dataset.user}:${panel?.dataset.autosave}`;
const page = () => form.elements._page.value;
const formData = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
const serialized = () => JSON.stringify(formData());
let initial, lastSent, lastSentAt = 0, isBusy = false, isSubmitting = false, isStoredLocally = false, queue = Promise.resolve();

const say = (message) => { part("status").textContent = message; };

// a message without new text says only that the page is open, which keeps no one signed in
const request = async (options = {}, query = "", isPerson = false) => {
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  if (!isPerson) headers["X-Background"] = "1";
  const response = await fetch(panel.dataset.autosave + query, { redirect: "error", headers, ...options });
  if (!response.ok) throw new Error(response.status);
  return response.json();
};

const post = (message) => request({ method: "POST", body: JSON.stringify({ page: page(), ...message }) }, "", Boolean(message.form_data));

// while the focus is in the panel, it stays as it is
const showFindings = (html) => {
  const shown = document.querySelector("[data-findings]");
  if (!html || shown.contains(document.activeElement)) return;
  shown.innerHTML = html;
  const counts = shown.querySelector("p")?.textContent.trim();
  const announced = document.querySelector("[data-counts]");
  if (announced && counts && announced.textContent !== counts) announced.textContent = counts;
};

const showAnswer = (answer) => {
  const others = answer.others.length
    ? `${answer.others.join(", ")} ${answer.others.length > 1 ? "have" : "has"} this open too. Talk to each other before you both save.` : "";
  const isOutdated = answer.revision !== null && String(answer.revision) !== form.elements.opened?.value;
  const message = isOutdated ? `${others} Someone else saved this draft after you opened it.` : others;
  if (part("others").textContent !== message) part("others").textContent = message;
  showFindings(answer.findings);
};

// one after the other: a message that overtook a save would bring back what was saved as unsaved
const autosave = (force = false) => {
  if (!isBusy || force) queue = queue.then(() => send(force));
  return queue;
};

const send = async (force) => {
  if (isSubmitting) return null;
  const data = formData();
  const now = JSON.stringify(data);
  const hasChanged = now !== lastSent;
  if (!force && !hasChanged && Date.now() - lastSentAt < PRESENCE_INTERVAL) return null;
  isBusy = true;
  try {
    const isDirty = now !== initial;
    const answer = await post({ form_data: isDirty && (hasChanged || force) ? data : null, discard: hasChanged && !isDirty });
    showAnswer(answer);
    lastSentAt = Date.now();
    if (isStoredLocally) localStorage.removeItem(storageKey);
    isStoredLocally = false;
    if (hasChanged && isDirty) say(`Autosaved at ${answer.autosaved_at}. Not saved yet.`);
    if (hasChanged) document.dispatchEvent(new CustomEvent("autosaved")); // editor-preview.js
    if (answer.closed) say(`${answer.closed} Your text is kept: reload this page to read it.`);
    lastSent = now;
    return answer;
  } catch {
    if (hasChanged) {
      isStoredLocally = true;
      try { localStorage.setItem(storageKey, now); } catch { /* storage is full or forbidden: nothing more can be done */ }
      say(`${UNREACHABLE} Your typing is kept in this browser.`);
    }
    return null;
  } finally {
    isBusy = false;
  }
};

// Whether it was sent: another script may have stopped it, or the browser a field; then autosave goes on.
const sendForm = (submitter) => {
  let isSent = false;
  const look = (event) => { isSent = !event.defaultPrevented; };
  isSubmitting = true;
  form.dataset.reached = ""; // desk.js need not ask again
  addEventListener("submit", look);
  form.requestSubmit(submitter);
  removeEventListener("submit", look);
  delete form.dataset.reached;
  return isSent;
};

// Before the form is submitted: is the person still signed in? If not, the form stays, with everything in it.
const submit = async (submitter) => {
  try {
    const { token } = await request();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    const answer = await autosave(true);
    if (answer?.closed || isSubmitting) return; // pressed twice: it is on its way
    isSubmitting = sendForm(submitter);
  } catch {
    await autosave(true);
    say(`Not saved: ${UNREACHABLE.toLowerCase().replace(".", "")}. Sign in again in another tab, then press Save here again. Your text is kept.`);
    panel.scrollIntoView({ block: "center" });
  }
};

// An empty name is the copy that this browser keeps itself.
const restore = async (name) => {
  const { token, form_data: stored } = await request({}, `?page=${encodeURIComponent(name)}`);
  const pairs = name ? stored : JSON.parse(localStorage.getItem(storageKey));
  if (!pairs) return say("This draft no longer exists.");
  const copy = document.createElement("form");
  copy.method = "post";
  copy.enctype = "multipart/form-data";
  for (const [field, value] of [...pairs, ["_kept", "1"], ["csrfmiddlewaretoken", token]]) {
    const box = document.createElement("textarea");
    box.name = field;
    box.value = value;
    copy.append(box);
  }
  copy.hidden = true;
  document.body.append(copy);
  isSubmitting = true;
  if (!name) localStorage.removeItem(storageKey);
  return copy.submit();
};

const discard = async (name, box) => {
  if (name) await post({ page: name, form_data: null, discard: true });
  else localStorage.removeItem(storageKey);
  box.hidden = true;
  say("Discarded.");
};

const waive = async (waiver) => {
  await autosave(true);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(waiver.action, { method: "POST", headers, body: new FormData(waiver) });
  // a successful action redirects to the page; a refused one shows it again
  if (!response.redirected || response.url.includes("/accounts/")) {
    say("This could not be recorded. Give a reason; if you did, sign in again in another tab.");
    return;
  }
  document.querySelector("[data-findings]").blur();
  document.activeElement?.blur();
  if (serialized() === initial) showFindings((await request({}, "?findings=1")).findings);
  else await autosave(true);
  say("Recorded as a false alarm.");
  document.querySelector("[data-findings]").focus();
};

const askToSignIn = () => say(`${UNREACHABLE} Sign in again in another tab, then try again.`);

if (panel && form) {
  if (localStorage.getItem(storageKey)) panel.querySelector("[data-local]").hidden = false;
  panel.addEventListener("click", (event) => {
    const { restore: restored, discard: discarded } = event.target.dataset;
    if (restored !== undefined) restore(restored).catch(askToSignIn);
    if (discarded !== undefined) discard(discarded, event.target.closest("[data-unsaved-draft]")).catch(askToSignIn);
  });
  // the editor fills its boxes first
  addEventListener("load", () => setTimeout(() => {
    lastSent = serialized();
    initial = "unsaved" in panel.dataset ? "" : lastSent;
    if (initial) request({}, "?findings=1").then((answer) => showFindings(answer.findings)).catch(() => {});
    autosave(!initial);
    setInterval(autosave, INTERVAL);
  }, 600));
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && lastSent) autosave(); });
  form.addEventListener("submit", (event) => {
    if (isSubmitting) return;
    event.preventDefault();
    submit(event.submitter);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".waive")) return;
    event.preventDefault();
    waive(event.target).catch(askToSignIn);
  });
}
