// Text areas of <form data-draft> are kept in this tab until the server has taken them, by person and form address.
(() => {
  const user = document.body.dataset.user;
  const PREFIX = "draft:";
  const words = document.getElementById("words").dataset;
  const store = (() => { try { return window.sessionStorage; } catch { return null; } })();
  if (!store) return;

  const keyOf = (area) => `${PREFIX}${user}:${new URL(area.form.getAttribute("action") || "", location.href).pathname}:${area.name}`;
  const areas = (root) => [...root.querySelectorAll("form[data-draft] textarea[name]")];
  const keys = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };

  // What was being sent when this page came was taken, unless this page says it failed or asks who we are.
  if (user && !document.body.dataset.failure) keys().filter((key) => read(key)?.sent).forEach((key) => store.removeItem(key));
  if (!user) return;
  keys().filter((key) => !key.startsWith(`${PREFIX}${user}:`)).forEach((key) => store.removeItem(key));

  function note(area) {
    const line = document.createElement("p");
    line.className = "draft-note";
    line.setAttribute("role", "status");
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn-link-plain";
    discard.textContent = words.discard;
    discard.addEventListener("click", () => {
      area.value = area.defaultValue;
      store.removeItem(keyOf(area));
      line.remove();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    line.append(words.restored, discard);
    area.after(line);
  }

  function restore(root) {
    for (const area of areas(root)) {
      const text = read(keyOf(area))?.text;
      if (!text || area.value === text || area.value !== area.defaultValue) continue;
      area.value = text;
      note(area);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function keep(area, sent) {
    const text = area.value;
    try { text.trim() ? store.setItem(keyOf(area), JSON.stringify({ text, sent })) : store.removeItem(keyOf(area)); } catch { /* full: nothing to be done */ }
  }

  document.addEventListener("input", (event) => { if (event.target.matches("form[data-draft] textarea[name]")) keep(event.target, false); });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.matches("form[data-draft]")) areas(event.target.parentNode).filter((a) => a.form === event.target).forEach((a) => keep(a, true));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.detail.ctx?.request?.form;
    if (form?.matches("[data-draft]") && event.detail.ctx.request.method !== "GET" && event.detail.ctx.response.status < 400)
      form.querySelectorAll("textarea[name]").forEach((area) => store.removeItem(keyOf(area)));
  });
  document.addEventListener("htmx:after:swap", () => restore(document));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-sign-out]")) keys().forEach((key) => store.removeItem(key)); });
  restore(document);
})();
