// Rows with check boxes: the bar comes when something is selected and says how many; Shift selects a stretch.
// Attributes of forms are read as attributes: a field called "id" or "action" hides the property.
(() => {
  let last = null;
  const boxes = (bar) => [...document.querySelectorAll(`[data-select][form="${bar.getAttribute("id")}"]`)];
  const all = () => document.querySelector("[data-select-all]");

  function refresh() {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    const mine = boxes(bar);
    const chosen = mine.filter((box) => box.checked);
    mine.forEach((box) => box.closest("tr, li, [data-row]")?.classList.toggle("selected", box.checked));
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-selection-text]").textContent =
      bar.dataset.text.replace("{n}", chosen.length.toLocaleString("en")).replace("{total}", bar.dataset.total);
    const head = all();
    if (!head) return;
    head.checked = mine.length > 0 && chosen.length === mine.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
  }

  function stretch(box) {
    const mine = boxes(document.querySelector("[data-selection]"));
    const [from, to] = [mine.indexOf(last), mine.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) mine.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }

  function set(checked) {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    boxes(bar).forEach((box) => { box.checked = checked; });
    refresh();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-select]");
    if (box) {
      if (event.shiftKey) stretch(box);
      last = box;
      refresh();
    } else if (event.target.closest?.("[data-select-none]")) {
      set(false);
      all()?.focus();
    }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-select-all]")) set(event.target.checked); });
  document.addEventListener("htmx:after:swap", refresh);
  window.addEventListener("pageshow", refresh);
  refresh();
})();
