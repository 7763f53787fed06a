// Adding several pictures: each file is sent by itself as soon as it is chosen or dropped, and its row comes back.
// Without this script all are sent with the form.
const form = document.querySelector("#several");
const part = (name) => form.querySelector(`[data-${name}]`);
const input = form.querySelector("#id_files");
let queue = Promise.resolve(), waiting = 0, done = 0, kept = 0;

const refuse = (name, reason) => {
  const line = document.createElement("li");
  line.append(Object.assign(document.createElement("b"), { textContent: name }), `: ${reason}`);
  part("refused").append(line);
};

const send = async (file) => {
  const body = new FormData();
  for (const [name, value] of [["act", "hold"], ["part", "rows"], ["files", file]]) body.append(name, value);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  try {
    const response = await fetch(location.pathname, { method: "POST", body, redirect: "error" });
    if (!response.ok) throw new Error(response.status);
    const { rows, refused } = await response.json();
    part("rows").insertAdjacentHTML("beforeend", rows);
    for (const [name, reason] of refused) refuse(name, reason);
    if (rows) kept += 1;
  } catch {
    refuse(file.name, "The server cannot be reached, you are signed out, or the file is too large. Try again.");
  }
  done += 1;
  part("rest").classList.toggle("no-rows", !part("rows").children.length);
  part("status").textContent = done < waiting ? `Sent ${done} of ${waiting}.` : `Sent: ${kept} of ${waiting}. Now describe each picture.`;
};

const add = (files) => {
  if (!files.length) return;
  if (done === waiting) {
    [waiting, done, kept] = [0, 0, 0];
    part("refused").replaceChildren();
  }
  waiting += files.length;
  part("status").textContent = `Sending ${waiting} …`;
  for (const file of files) queue = queue.then(() => send(file));
};

form.querySelectorAll("[data-plain]").forEach((one) => { one.hidden = true; });
part("dropping").hidden = false;
input.addEventListener("change", () => {
  add([...input.files]);
  input.value = "";
});
const holdsFiles = (event) => [...event.dataTransfer?.types ?? []].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  part("drop").classList.add("over");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) part("drop").classList.remove("over"); });
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  part("drop").classList.remove("over");
  add([...event.dataTransfer.files]);
});
