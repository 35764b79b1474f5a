// Single keys: "/" to the search field, "?" their list, j and k through the rows, x selects, l logs a contact,
// [ and ] go through a list file by file.
// They can be switched off (WCAG 2.1.4) in the dialog that "?" opens; the choice stays in this browser.
(() => {
  const OFF = "keys-off";
  const stored = () => { try { return localStorage.getItem(OFF); } catch { return null; } };
  const toggle = document.querySelector("[data-keys-toggle]");

  const rows = () => [...document.querySelectorAll("[data-row-link]")].filter((link) => link.checkVisibility());
  const row = () => document.activeElement?.closest("tr, li, [data-row]");

  function move(step) {
    const links = rows();
    const here = row()?.querySelector("[data-row-link]");
    const at = links.indexOf(here);
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    "/": () => document.getElementById("search-field")?.select(),
    "?": () => document.querySelector("[data-dialog=keys-dialog]")?.click(),
    j: () => move(1),
    k: () => move(-1),
    x: () => row()?.querySelector("[data-select]")?.click(),
    l: () => row()?.querySelector("[data-row-log]")?.click(),
    "[": () => document.querySelector("[data-walk=previous]")?.click(),
    "]": () => document.querySelector("[data-walk=next]")?.click(),
  };

  function busyElsewhere(event) {
    return event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented
      || document.querySelector("dialog[open]") || stored()
      || event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
  }

  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || busyElsewhere(event)) return;
    event.preventDefault();
    act();
  });

  if (toggle) {
    toggle.checked = !stored();
    toggle.addEventListener("change", () => {
      try { toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* a browser that keeps nothing */ }
    });
  }
})();
