// The search field of the header: its panel of suggestions behaves as a list box, moved through by arrow keys.
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const field = form.querySelector("input[name=q]");
  const panel = form.querySelector(".search-panel");
  const options = () => [...panel.querySelectorAll("[data-suggestion]")].filter((option) => option.offsetParent);

  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": panel.id, "aria-expanded": "false" })
    .forEach(([name, value]) => field.setAttribute(name, value));

  function close() {
    panel.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function dress() {
    if (!field.value.trim() || document.activeElement !== field) return close();
    const list = panel.querySelector(".results");
    list?.removeAttribute("id");
    list?.setAttribute("role", "listbox");
    list?.setAttribute("aria-label", field.labels[0].textContent);
    list?.querySelectorAll("li").forEach((item) => item.setAttribute("role", "presentation"));
    options().forEach((option, at) => {
      option.id = `suggestion-${at}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
    });
    if (options().length) {
      const foot = document.createElement("p");
      foot.className = "search-panel-foot";
      foot.textContent = panel.dataset.foot;
      panel.append(foot);
    }
    field.setAttribute("aria-expanded", String(panel.childElementCount > 0));
  }

  panel.addEventListener("pointerdown", (event) => event.preventDefault());
  form.addEventListener("htmx:after:swap", dress);
  field.addEventListener("input", () => { if (!field.value.trim()) close(); });
  field.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== field) close(); }, 120));
  field.addEventListener("htmx:config:request", (event) => { if (!field.value.trim()) event.preventDefault(); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      all[at].click();
    } else if (event.key === "Escape" && panel.childElementCount) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
})();
