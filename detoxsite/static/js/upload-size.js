// Says beside the choice of a file that it is too large, before anything of it is sent.
for (const input of document.querySelectorAll("input[type=file][data-max-mb]")) {
  const limit = Number(input.dataset.maxMb);
  const error = document.createElement("p");
  error.className = "errornote";
  error.id = `${input.id}_size`;
  error.setAttribute("role", "alert");
  input.addEventListener("change", () => {
    const size = (input.files[0]?.size ?? 0) / (1024 * 1024);
    const words = size > limit
      ? `This file has ${Math.ceil(size).toLocaleString("en-US")} MB, and ${limit} MB is the most that can be sent. Choose a smaller one.`
      : "";
    error.textContent = words;
    if (words) input.after(error);
    else error.remove();
    input.setCustomValidity(words);
  });
  input.form.addEventListener("submit", (event) => { // the forms of the admin leave checks to the server
    if (!input.validity.customError) return;
    event.preventDefault();
    input.focus();
  });
}
