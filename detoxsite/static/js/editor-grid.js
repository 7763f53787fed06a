// Shows the text area of a table as a grid of cells. The text area keeps what is stored: a line for each row, a tab
// between cells. There is always one more empty row and column to type into; cells copied in a spreadsheet fill the
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

const build = (area) => {
  if (area.dataset.grid === "" || area.id.includes("__prefix__")) return;
  const [maxColumns, maxRows] = area.dataset.grid.split(" ").map(Number);
  area.dataset.grid = ""; // once
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
    const number = row.cells.length;
    const name = row.rowIndex ? `Row ${row.rowIndex}, column ${number}` : `Name of column ${number}`;
    input.setAttribute("aria-label", name);
    if (!row.rowIndex) input.placeholder = name;
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
    area.value = cells().map((row) => row.map((input) => quoted(input.value)).join("\t")).join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  fill(read(area.value));
  body.addEventListener("input", () => { room(); store(); });
  body.addEventListener("paste", (event) => {
    const copied = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(copied.replace(/\r?\n$/, ""))) return; // a single cell, or words
    event.preventDefault();
    const cell = event.target.closest("td");
    fill(read(copied), cell.parentElement.rowIndex, cell.cellIndex);
    store();
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
