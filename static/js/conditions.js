// Fields that are asked for only where others have certain values: [data-when] holds {name of input: [values]}, of
// which each must have one; "" stands for any value. Hidden fields keep what is in them; the server judges again.
(() => {
  function valuesOf(form, name) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    return inputs
      .filter((input) => (["checkbox", "radio"].includes(input.type) ? input.checked : true))
      .map((input) => input.value.trim())
      .filter(Boolean);
  }

  function holds(form, conditions) {
    return Object.entries(conditions).every(([name, wanted]) => {
      const present = valuesOf(form, name);
      return wanted.includes("") ? present.length > 0 : present.some((value) => wanted.includes(value));
    });
  }

  function refresh(form) {
    form.querySelectorAll("[data-when]").forEach((field) => {
      const wrong = field.querySelector("[aria-invalid=true]"); // what has to be mended stays in sight
      field.hidden = !wrong && !holds(form, JSON.parse(field.dataset.when));
    });
  }

  const forms = () => new Set([...document.querySelectorAll("[data-when]")].map((field) => field.closest("form")));
  const start = () => forms().forEach((form) => form && refresh(form));

  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form");
    if (form?.querySelector("[data-when]")) refresh(form);
  }));
  document.addEventListener("htmx:after:swap", start);
  window.addEventListener("pageshow", start);
  start();
})();
