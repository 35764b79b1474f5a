// Forms: leaving with unsaved text asks first, a second click sends nothing twice, and what takes time shows it.
(() => {
  const changed = (form) => [...form.elements].some((el) => el.name && el.type !== "hidden" && (
    el.matches("input[type=checkbox], input[type=radio]") ? el.checked !== el.defaultChecked
    : el.matches("select") ? [...el.options].some((option) => option.selected !== option.defaultSelected && el.selectedIndex > 0)
    : el.type === "file" ? el.files.length : el.type !== "password" && el.value !== el.defaultValue));

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) form.toggleAttribute("data-dirty", changed(form));
  });
  window.addEventListener("beforeunload", (event) => {
    if (!document.querySelector("form[data-dirty]:not([data-sending])")) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("leave", () => document.querySelectorAll("[data-dirty]").forEach((form) => form.removeAttribute("data-dirty")));

  function free(form) {
    form.removeAttribute("data-sending");
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  // Capture: before htmx hears of it. The button is not disabled, since its name and value are sent too.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const method = form.getAttribute("method")?.toLowerCase();
    if (method === "dialog") return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (method !== "post") return;
    form.setAttribute("data-sending", "");
    event.submitter?.setAttribute("aria-busy", "true");
    if (form.hasAttribute("data-download")) setTimeout(() => free(form), 3000);
  }, true);

  let running = 0;
  const count = (step) => { running = Math.max(0, running + step); document.documentElement.classList.toggle("busy", running > 0); };
  document.addEventListener("htmx:before:request", () => count(1));
  document.addEventListener("htmx:finally:request", (event) => {
    count(-1);
    const form = event.detail.ctx?.request?.form || event.detail.ctx?.sourceElement?.closest?.("form");
    if (!form) return;
    free(form);
    if (event.detail.ctx.request.method !== "GET" && event.detail.ctx.response?.status < 400) form.removeAttribute("data-dirty");
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach(free));
})();
