// The rows of a day's work: Enter saves the form in a row, its row folds, and the focus goes on to the next one.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const button = (row) => row?.querySelector("[data-row-log]");

  function fold(row) {
    row.querySelector(".work-form")?.replaceChildren();
    button(row)?.focus();
  }

  // Enter that ends a composition (pinyin) is not meant for the form; Shift+Enter begins a new line.
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest("[data-enter-saves]");
    if (!area || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    area.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-fold]");
    const row = link && document.getElementById(link.dataset.fold);
    if (!row) return;
    event.preventDefault();
    fold(row);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" && !event.defaultPrevented && event.target.closest(".work-form form");
    if (!form || form.hasAttribute("data-dirty")) return;
    fold(form.closest("[data-row]"));
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { target, response } = event.detail.ctx || {};
    if (target?.matches?.(".work-form") && response?.status < 400) target.querySelector("[data-enter-saves]")?.focus();
    const done = target?.id ? document.getElementById(target.id) : null;
    if (!done?.matches(".work-done")) return;
    const all = rows();
    const next = all.slice(all.indexOf(done) + 1).find(button) || all.find(button);
    (button(next) || done.querySelector("a"))?.focus();
  });
})();
