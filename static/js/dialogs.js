// Native dialogs. `data-dialog="id"` opens one; a link that also has hx-get fills it first, and without script
// (or without <dialog>) it simply goes to its address. Focus returns to whatever opened it.
(() => {
  const able = typeof HTMLDialogElement === "function" && "showModal" in HTMLDialogElement.prototype;
  const openers = new WeakMap();

  function show(dialog, opener) {
    if (!dialog || dialog.open) return;
    openers.set(dialog, opener || document.activeElement);
    dialog.showModal();
  }

  function hide(dialog) {
    if (dialog?.open) dialog.close();
  }

  if (!able) {
    // The link's own address is the fallback: keep htmx from fetching into a dialog that cannot be shown.
    document.querySelectorAll("a[data-dialog]").forEach((link) => link.removeAttribute("hx-get"));
    return;
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener && !opener.hasAttribute("hx-get") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      opener.closest("details[data-menu]")?.removeAttribute("open");
      show(document.getElementById(opener.dataset.dialog), opener);
      return;
    }
    const closer = event.target.closest("dialog [data-close]");
    if (closer) {
      event.preventDefault();
      hide(closer.closest("dialog"));
    } else if (event.target.matches?.("dialog[open]")) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside && !event.target.querySelector("[data-dirty]")) hide(event.target);
    }
  });

  document.addEventListener("close", (event) => {
    if (!event.target.matches("dialog")) return;
    const opener = openers.get(event.target);
    if (opener?.isConnected) (opener.offsetParent ? opener : document.getElementById("main")).focus();
    if (event.target.id === "page-dialog") event.target.querySelector(".dialog-body").replaceChildren();
  }, true);

  document.addEventListener("htmx:after:swap", (event) => {
    const opener = event.detail.ctx?.sourceElement;
    const id = opener?.dataset?.dialog;
    if (!id) return;
    const dialog = document.getElementById(id);
    if (opener.dataset.title) dialog.querySelector("h2").textContent = opener.dataset.title;
    if (event.detail.ctx.response?.status < 400) show(dialog, opener);
  });

  // A form in a dialog that was taken (and not sent back with errors) closes it.
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const dialog = ctx?.sourceElement?.closest?.("dialog[open]");
    if (dialog && ctx.request.method !== "GET" && ctx.response?.status < 300) hide(dialog);
  });

  document.querySelectorAll("dialog[data-open]").forEach((dialog) => show(dialog));
})();
