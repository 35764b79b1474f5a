// Small controls: show a password, copy, fill a field by a shortcut, explain a cell of the rights matrix.
(() => {
  const words = document.getElementById("words").dataset;

  function showPassword(button) {
    const field = document.getElementById(button.dataset.show);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard without TLS: the old way, through a field of its own.
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: words.copied, kind: "success" } }));
  }

  function fill(button) {
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show], [data-copy], [data-fill]");
    if (!button) return;
    if (button.dataset.show) showPassword(button);
    else if (button.dataset.fill) fill(button);
    else copy(button.dataset.copy);
  });

  // A field with data-submit-on-change sends its form; the button beside it stays for those without script.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-submit-on-change]") && event.target.form;
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  // What was typed before a session ended goes on by itself; its button stays for those without script.
  document.querySelector("form[data-send-now]")?.submit();

  // Theme: what is chosen is seen at once, before it is saved.
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-theme-choice]")) document.documentElement.dataset.bsTheme = event.target.value;
  });
})();
