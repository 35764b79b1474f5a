// A text area with data-mentions offers colleagues behind an @: a list box under it, moved through by arrow keys.
(() => {
  const TYPED = /(?:^|[^a-z0-9._@＠-])[@＠]([^\s@＠，。；：、,;:!?！？()（）]{0,40})$/i;
  const MOST = 8;
  let box = null; // { area, panel, from, asking, timer, nobody }

  function close() {
    if (!box) return;
    box.asking?.abort();
    clearTimeout(box.timer);
    box.panel.remove();
    ["aria-controls", "aria-activedescendant"].forEach((name) => box.area.removeAttribute(name));
    box = null;
  }

  function openFor(area) {
    const panel = document.createElement("ul");
    panel.id = `${area.id}-mentions`;
    panel.className = "mention-list";
    panel.setAttribute("role", "listbox");
    panel.setAttribute("aria-label", document.getElementById("words").dataset.colleagues);
    panel.hidden = true;
    panel.addEventListener("pointerdown", (event) => event.preventDefault());
    panel.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
    area.after(panel);
    area.setAttribute("aria-autocomplete", "list");
    return { area, panel };
  }

  const options = () => [...box.panel.children];
  const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) return;
    box.area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function take(option) {
    if (!option) return;
    const { area, from } = box;
    const end = area.selectionEnd;
    const behind = area.value.slice(end);
    area.setRangeText(`@${option.dataset.colleague}${/^\s/.test(behind) ? "" : " "}`, from, end, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  function show(rows, q) {
    box.panel.replaceChildren(...rows.slice(0, MOST).map((row, at) => {
      const option = document.createElement("li");
      option.id = `${box.panel.id}-${at}`;
      option.dataset.colleague = row.dataset.colleague;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("b");
      name.textContent = row.querySelector("th").textContent;
      const written = document.createElement("span");
      written.className = "quiet";
      written.textContent = `@${row.dataset.colleague}`;
      option.append(name, " ", written);
      return option;
    }));
    box.panel.hidden = rows.length === 0;
    box.nobody = rows.length === 0 ? q : null;
    if (rows.length === 0) return box.area.removeAttribute("aria-controls");
    box.area.setAttribute("aria-controls", box.panel.id);
    choose(options()[0]);
  }

  async function ask(q) {
    const mine = box;
    mine.asking?.abort();
    mine.asking = new AbortController();
    try {
      const address = `${mine.area.dataset.mentions}?q=${encodeURIComponent(q)}`;
      const answer = await fetch(address, { signal: mine.asking.signal, headers: { "HX-Request": "true" } });
      const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      if (box === mine) show(page ? [...page.querySelectorAll("[data-colleague]")] : [], q);
    } catch { if (box === mine && !mine.asking.signal.aborted) close(); }
  }

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches("textarea[data-mentions]") || event.isComposing) return;
    const found = area.selectionStart === area.selectionEnd && TYPED.exec(area.value.slice(0, area.selectionEnd));
    if (!found) return close();
    if (box?.area !== area) { close(); box = openFor(area); }
    box.from = area.selectionEnd - found[1].length - 1;
    clearTimeout(box.timer);
    if (box.nobody && found[1].startsWith(box.nobody)) return; // more letters are nobody still
    box.timer = setTimeout(() => ask(found[1]), 120);
  });
  // What was composed (pinyin) is there when the composition ends.
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches("textarea[data-mentions]")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    if (!box || box.panel.hidden || event.target !== box.area || event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (event.target === box?.area) close(); });
})();
