"use strict";

// A heading sorts by its column: numbers from the best or largest down, then up; what is missing last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "descending" || (head.ariaSort === "none" && column === 0);
    heads.forEach((other) => other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const value = (row) => row.cells[column].dataset.v;
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      const order = isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y;
      return down ? order : -order;
    });
    table.tBodies[0].append(...rows);
  }));
}

// A cell of the triangle says its numbers where it is pointed at, tapped or reached by arrow keys.
const pairs = document.querySelector("table.pairs");
if (pairs) {
  const said = document.getElementById("pair");
  const cells = [...pairs.querySelectorAll("td[aria-label]")];
  const choose = (cell) => {
    for (const other of cells) {
      other.tabIndex = other === cell ? 0 : -1;
      other.classList.toggle("chosen", other === cell);
    }
    said.textContent = cell.getAttribute("aria-label");
  };
  for (const cell of cells) {
    cell.removeAttribute("title");
    cell.addEventListener("pointerenter", () => choose(cell));
    cell.addEventListener("click", () => choose(cell));
    cell.addEventListener("focus", () => choose(cell));
    cell.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!step) return;
      event.preventDefault();
      const row = pairs.rows[cell.parentElement.rowIndex + step[0]];
      const next = row && row.cells[cell.cellIndex + step[1]];
      if (next && next.hasAttribute("aria-label")) next.focus();
    });
  }
  if (cells.length) cells[0].tabIndex = 0;
}
