// Rows with check boxes: the bar comes when something is selected and says how many; Shift selects a stretch.
// Attributes of forms are read as attributes: a field called "id" or "action" hides the property.
(() => {
  let last = null;
  const boxes = (bar) => [...document.querySelectorAll(`[data-select][form="${bar.getAttribute("id")}"]`)];
  const heads = () => [...document.querySelectorAll("[data-select-all]")]; // one to a table

  function refresh() {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    const mine = boxes(bar);
    const chosen = mine.filter((box) => box.checked);
    mine.forEach((box) => box.closest("tr, li, [data-row]")?.classList.toggle("selected", box.checked));
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-selection-text]").textContent =
      bar.dataset.text.replace("{n}", chosen.length.toLocaleString("en")).replace("{total}", bar.dataset.total);
    heads().forEach((head) => {
      const under = mine.filter((box) => box.closest("table") === head.closest("table"));
      const some = under.filter((box) => box.checked).length;
      head.checked = under.length > 0 && some === under.length;
      head.indeterminate = some > 0 && !head.checked;
    });
  }

  function stretch(box) {
    const mine = boxes(document.querySelector("[data-selection]"));
    const [from, to] = [mine.indexOf(last), mine.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) mine.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }

  function set(checked, table) {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    boxes(bar).forEach((box) => { if (!table || box.closest("table") === table) box.checked = checked; });
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
      heads()[0]?.focus();
    }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-select-all]")) set(event.target.checked, event.target.closest("table")); });
  document.addEventListener("htmx:after:swap", refresh);
  window.addEventListener("pageshow", refresh);
  refresh();
})();
