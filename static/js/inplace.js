// Forms that open in place ([data-in-place]): one at a time in a part of the page, Escape leaves, the focus goes to the
// first field, and back to the link that opened the form.
(() => {
  const FIELDS = "input:not([type=hidden]):not([disabled]), select, textarea";
  const openers = new Map(); // part of the page → address of the link that opened its form

  const linkIn = (part, href) => [...part.querySelectorAll("[data-opens]")].find((link) => link.getAttribute("href") === href);

  function first(place) {
    const field = [...place.querySelectorAll(FIELDS)].find((one) => one.offsetParent);
    const chosen = field?.type === "radio" && place.querySelector(`[name="${CSS.escape(field.name)}"]:checked`);
    (chosen || field || place.querySelector("button"))?.focus();
  }

  // Saving fetches the whole part anew: what is typed in another form of it must not go.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const part = document.getElementById(link.dataset.opens);
    const open = part?.matches("[data-in-place]") ? part : part?.querySelector("[data-in-place]");
    if (!open) {
      openers.set(link.dataset.opens, link.getAttribute("href"));
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    first(open);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const leave = event.target.closest("[data-in-place]")?.querySelector("[data-restores]");
    if (!leave || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    leave.click();
  });

  document.addEventListener("click", (event) => {
    const leave = event.target.closest("[data-restores]");
    if (leave) leave.closest("form")?.removeAttribute("data-dirty");
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { target, response } = event.detail.ctx || {};
    const come = target?.id ? document.getElementById(target.id) : null;
    const place = come?.matches("[data-in-place]") ? come : null;
    if (place) {
      if (response?.status !== 422) first(place);
      else place.querySelector(".error-summary")?.focus();
      return;
    }
    if (!come) return;
    for (const [id, href] of openers) {
      const part = document.getElementById(id);
      if (part && (part.contains(come) || come.contains(part))) goBack(part, href);
    }
  });

  // What is loaded late comes once more: until then the part itself has the focus.
  function goBack(part, href) {
    const link = linkIn(part, href);
    if (link) openers.delete(part.id);
    if (!link) part.tabIndex = -1;
    (link || part).focus();
  }
})();
