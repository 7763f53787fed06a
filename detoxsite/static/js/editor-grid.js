// Shows the text area of a table as a grid of cells. The text area keeps what is stored: a line for each row, a tab
// between cells; for key facts a name, a bar and a fact. There is always one more empty row and column to type into; cells copied in a spreadsheet fill the
// grid from where they are pasted. Without this script the text area itself takes what is pasted.

const quoted = (cell) => (cell.startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell);

// rows of cells; as spreadsheets copy them, a cell with a line break, a tab or a quotation mark is in quotation marks
const read = (text) => {
  const rows = [[""]];
  let isQuoted = false;
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place], row = rows.at(-1), cell = row.at(-1);
    if (letter === '"' && (isQuoted || cell === "")) {
      if (isQuoted && text[place + 1] === '"') { row[row.length - 1] += '"'; place += 1; }
      else isQuoted = !isQuoted;
    } else if (isQuoted) row[row.length - 1] += /\s/.test(letter) ? " " : letter;
    else if (letter === "\t") row.push("");
    else if (letter === "\n") rows.push([""]);
    else if (letter !== "\r") row[row.length - 1] += letter;
  }
  if (rows.length > 1 && rows.at(-1).join("") === "") rows.pop();
  return isQuoted ? text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t")) : rows;
};

// Key facts: two columns without names. A line without a bar has no fact, and says so when it is saved.
const BAR = {
  read: (text) => (/[|\n]/.test(text) && !text.includes("\t") ? text.split("\n").filter((line) => line.trim()).map((line) => {
    const [name, ...fact] = line.split("|");
    return [name.trim(), fact.join("|").trim()];
  }) : read(text)),
  write: (rows) => rows.filter((row) => row.some((cell) => cell.trim())).map((row) => (row.slice(1).some((cell) => cell.trim())
    ? `${row[0].trim()} | ${row.slice(1).join(" ").trim()}` : row[0].trim())).join("\n"),
  name: (row, column) => `Row ${row + 1}, ${column === 1 ? "name" : "fact"}`,
};
const TABS = {
  read,
  write: (rows) => rows.map((row) => row.map(quoted).join("\t")).join("\n"),
  name: (row, column) => (row ? `Row ${row}, column ${column}` : `Name of column ${column}`),
};

const build = (area) => {
  if (area.dataset.grid === "" || area.id.includes("__prefix__")) return;
  const [maxColumns, maxRows] = area.dataset.grid.split(" ").map(Number);
  area.dataset.grid = ""; // once
  const format = "facts" in area.dataset ? BAR : TABS;
  const table = document.createElement("table");
  table.className = "grid-input";
  const label = document.querySelector(`label[for="${area.id}"]`);
  if (label) table.setAttribute("aria-label", label.textContent.replace(":", "").trim());
  const body = table.createTBody();
  const cells = () => [...body.rows].map((row) => [...row.cells].map((cell) => cell.firstChild));

  const addCell = (row) => {
    const input = document.createElement("input");
    input.type = "text";
    row.insertCell().append(input);
    const name = format.name(row.rowIndex, row.cells.length);
    input.setAttribute("aria-label", name);
    if (!row.rowIndex) input.placeholder = format === BAR ? ["For example: Form", "Tablet"][row.cells.length - 1] : name;
  };
  const resize = (rows, columns) => {
    while (body.rows.length < rows) body.insertRow();
    for (const row of body.rows) while (row.cells.length < columns) addCell(row);
  };
  const room = () => {
    const filled = cells().map((row) => row.map((input) => input.value.trim() !== ""));
    const rows = filled.findLastIndex((row) => row.includes(true)) + 1;
    const columns = Math.max(0, ...filled.map((row) => row.lastIndexOf(true) + 1));
    resize(Math.max(2, Math.min(rows + 1, maxRows), rows), Math.max(2, Math.min(columns + 1, maxColumns), columns));
  };
  const fill = (rows, top = 0, left = 0) => {
    resize(top + rows.length, left + Math.max(...rows.map((row) => row.length)));
    const grid = cells();
    rows.forEach((row, down) => row.forEach((text, across) => { grid[top + down][left + across].value = text; }));
    room();
  };
  const store = () => {
    area.value = format.write(cells().map((row) => row.map((input) => input.value)));
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  fill(format.read(area.value));
  body.addEventListener("input", () => { room(); store(); });
  body.addEventListener("paste", (event) => {
    const copied = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(copied.replace(/\r?\n$/, ""))) return; // a single cell, or words
    event.preventDefault();
    const cell = event.target.closest("td");
    fill(format.read(copied), cell.parentElement.rowIndex, cell.cellIndex);
    store();
  });
  body.addEventListener("keydown", (event) => { // Enter goes down, in the way of spreadsheets
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const { cellIndex, parentElement } = event.target.closest("td");
    const below = body.rows[parentElement.rowIndex + 1];
    below?.cells[format === BAR ? 0 : cellIndex]?.firstChild.focus();
  });
  area.hidden = true;
  area.before(table); // where whoever looks for a field finds the cells first
  const [[first]] = cells();
  first.id = `${area.id}-first`;
  if (label) label.htmlFor = first.id;
};

const buildAll = (root) => root.querySelectorAll("textarea[data-grid]").forEach(build);
buildAll(document);
document.addEventListener("formset:added", (event) => buildAll(event.target));
