// The frame of the staff pages: light or dark, forms that are sent once and not into the void, and “Find anything”.
// Without it the links and forms do the same.

const root = document.documentElement
const kept = {
  get: (name) => { try { return localStorage.getItem(name) } catch { return null } },
  set: (name, value) => { try { localStorage.setItem(name, value) } catch { /* not kept: a private window */ } },
}

// --- light or dark; Django's theme.js sets what was chosen before the page is drawn ---
const themes = document.querySelector("[data-themes]")
const choices = themes ? [...themes.querySelectorAll("[data-theme-choice]")] : []

function showTheme() {
  const chosen = root.dataset.theme || "auto"
  for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === chosen))
}

for (const choice of choices) {
  choice.addEventListener("click", () => {
    root.dataset.theme = choice.dataset.themeChoice
    kept.set("theme", root.dataset.theme)
    showTheme()
  })
}
if (themes) {
  root.dataset.theme = kept.get("theme") || "auto"
  themes.hidden = false
  showTheme()
}

// --- without a connection a form is not sent: the browser's own page about that would lose what was typed ---
const away = document.createElement("p")
away.className = "errornote"
away.setAttribute("role", "alert")

// Some browsers call themselves offline behind a VPN, or on a laptop that is the server itself: only the server can tell.
const isReachable = () => fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).then(() => true, () => false)

async function sendIfReachable(form, button) {
  if (await isReachable()) {
    form.dataset.reached = "" // as editor-autosave.js does, which has asked the server itself
    form.requestSubmit(button)
    delete form.dataset.reached
    return
  }
  away.textContent = "Not sent: this device has no connection. What you typed stays on this page; send it again once you are connected."
  ;(button || form.lastElementChild).before(away)
}
addEventListener("online", () => { away.remove() })

// --- a button pressed twice sends its form once ---
const TWICE = 3000 // milliseconds; after that someone tries again
let sent = {}
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event
  if (event.defaultPrevented || (button?.formMethod || form.method) !== "post") return
  away.remove()
  if (!navigator.onLine && !("reached" in form.dataset)) {
    event.preventDefault()
    sendIfReachable(form, button)
    return
  }
  if (sent.form === form && sent.button === button && Date.now() - sent.at < TWICE) event.preventDefault()
  else sent = { form, button, at: Date.now() }
})
addEventListener("pageshow", () => { sent = {} })

// --- find anything ---
const palette = document.getElementById("palette")
if (palette) {
  const form = palette.querySelector("form"), field = form.elements.typed, found = palette.querySelector("[data-found]")
  let timer, asked = 0

  async function look() {
    const number = ++asked, body = new FormData(form)
    body.set("part", "hits")
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null)
    if (number !== asked) return
    if (answer?.ok && !answer.redirected) found.innerHTML = await answer.text()
    else found.textContent = "Search failed: the server cannot be reached, or you are signed out."
  }

  function open() {
    if (palette.open) return
    document.querySelectorAll("[popover]:popover-open").forEach((one) => one.hidePopover())
    palette.showModal()
    field.select()
    look()
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 150) })
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    clearTimeout(timer)
    await look() // for what stands in the field now, not what was found before the last letters
    if (field.value.trim()) found.querySelector("a")?.click()
  })
  palette.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) { // the field would only be emptied
      event.preventDefault()
      palette.close()
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    const stops = [field, ...found.querySelectorAll("a")]
    const step = event.key === "ArrowDown" ? 1 : -1
    const next = stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length]
    event.preventDefault()
    next.focus()
  })
  palette.querySelector("[data-close]").addEventListener("click", () => palette.close())
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close() })
  for (const link of document.querySelectorAll("[data-find]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); open() })
  }

  const keys = document.querySelector("[data-slash]")
  const showKeys = () => keys.setAttribute("aria-pressed", String(kept.get("desk-keys") !== "off"))
  const areKeysOn = () => keys.getAttribute("aria-pressed") === "true"
  keys.addEventListener("click", () => { kept.set("desk-keys", areKeysOn() ? "off" : "on"); showKeys() })
  showKeys()
  keys.hidden = false

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable=true]")
    const isSlash = event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && areKeysOn()
    const isCtrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey
    const inText = event.target.closest?.("[contenteditable=true]") // there Ctrl K makes a link
    if ((isSlash && !isTyping) || (isCtrlK && !inText)) {
      event.preventDefault()
      open()
    }
  })
}

// --- choices among many rows (select2): to a screen reader the box has only its value, and no name while it is empty ---
function nameChoices() {
  for (const box of document.querySelectorAll(".select2-selection--single")) {
    const select = box.closest(".select2-container").previousElementSibling
    const label = select?.labels?.[0], shown = box.querySelector(".select2-selection__rendered")
    if (!label || !shown?.hasAttribute("role")) continue
    label.id ||= `${select.id}_label`
    box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`)
    shown.removeAttribute("role")
    shown.removeAttribute("aria-readonly")
  }
}
if (document.querySelector(".admin-autocomplete")) {
  new MutationObserver(nameChoices).observe(document.querySelector("main"), { childList: true, subtree: true })
}
