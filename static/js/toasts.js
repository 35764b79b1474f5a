// Toasts: go away by themselves (errors stay), by their button, and come from other scripts by the event "toast".
(() => {
  const LIFE = { success: 6000, message: 8000, warning: 12000 };
  const words = () => document.getElementById("words").dataset;

  function live(note) {
    const life = LIFE[note.dataset.toast];
    if (!life || note.dataset.living) return;
    note.dataset.living = "1";
    let timer = setTimeout(() => note.remove(), life);
    const hold = () => clearTimeout(timer);
    const release = () => { hold(); timer = setTimeout(() => note.remove(), life / 2); };
    note.addEventListener("pointerenter", hold);
    note.addEventListener("focusin", hold);
    note.addEventListener("pointerleave", release);
    note.addEventListener("focusout", release);
  }

  function show(text, kind = "message") {
    const note = document.createElement("div");
    note.className = `toast-note toast-${kind}`;
    note.dataset.toast = kind;
    const line = document.createElement("div");
    line.className = "toast-text";
    line.textContent = text;
    const close = document.createElement("button");
    close.className = "close";
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", words().close);
    close.textContent = "×";
    note.append(line, close);
    document.getElementById("toasts").append(note);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", (event) => show(event.detail.text, event.detail.kind));
  document.addEventListener("htmx:error", (event) => {
    const failed = event.detail.ctx && !event.detail.ctx.response;
    if (failed) show(words().offline, "error");
  });

  const box = document.getElementById("toasts");
  box.querySelectorAll("[data-toast]").forEach(live);
  new MutationObserver(() => box.querySelectorAll("[data-toast]").forEach(live)).observe(box, { childList: true });
})();
