// The rights matrix: one tab stop, arrow keys from cell to cell, and each cell's meaning below in words.
(() => {
  const table = document.querySelector("[data-matrix]");
  const why = document.querySelector("[data-matrix-why]");
  if (!table || !why) return;
  const rows = [...table.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("[data-why]")]).filter((row) => row.length);
  const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

  rows.flat().forEach((cell, at) => { cell.tabIndex = at ? -1 : 0; });
  const explain = (event) => {
    const cell = event.target.closest?.("[data-why]");
    if (cell) why.textContent = cell.dataset.why;
  };
  table.addEventListener("focusin", explain);
  table.addEventListener("pointerover", explain);
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const y = rows.findIndex((row) => row.includes(event.target));
    if (!step || y < 0) return;
    event.preventDefault();
    const x = rows[y].indexOf(event.target);
    const next = rows[y + step[0]]?.[x + step[1]];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
})();
