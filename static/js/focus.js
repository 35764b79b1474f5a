// Focus goes where the work goes on: to the errors of a refused form, to [data-focus] of what came, else to what came.
(() => {
  const mark = (element) => { if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1; };

  function to(element) {
    if (!element) return;
    mark(element);
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (!ctx || ctx.sourceElement?.closest?.("[data-search], [role=search]")) return;
    const summary = document.querySelector(".error-summary");
    if (ctx.response?.status === 422 && summary) return to(summary);
    const come = ctx.target?.isConnected ? ctx.target : document.getElementById(ctx.target?.id);
    const asked = come?.querySelector("[data-focus]");
    if (asked) return to(asked);
    const active = document.activeElement;
    if (active && active !== document.body && active.isConnected) return;
    to(document.querySelector("[data-focus-next]") || (ctx.target?.isConnected ? ctx.target : document.getElementById("main")));
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    to(target.matches("fieldset") ? target.querySelector("input") : target);
  });

  to(document.querySelector("main [data-focus]:not([data-specimen] *)"));
})();
