for (const button of document.querySelectorAll("th button")) button.title = "Sort by this column";
addEventListener("click", (event) => {
  const button = event.target.closest("th button");
  if (!button) return;
  const head = button.closest("th");
  const body = head.closest("table").tBodies[0];
  const column = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => {
    const cell = row.cells[column];
    if (["null", "none"].includes(cell.className)) return null;
    const text = cell.textContent;
    const number = Number(text.replaceAll(",", ""));
    return text !== "" && Number.isFinite(number) ? number : text;
  };
  const order = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const sorts = (typeof a === "string") - (typeof b === "string");
    const by = sorts || (typeof a === "string" ? a.localeCompare(b) : a - b);
    return down ? -by : by;
  };
  const rows = [...body.rows].map((row) => [key(row), row]);
  rows.sort((a, b) => order(a[0], b[0]));
  body.append(...rows.map((row) => row[1]));
});
