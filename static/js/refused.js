// A form that was refused is the answer to what was sent: coming back to it would ask to send that again. Its place in
// the history becomes the page of the form, where the browser fills in again what was typed.
(() => {
  const from = document.referrer;
  if (!document.body.hasAttribute("data-sent") || !from || new URL(from).origin !== location.origin) return;
  history.replaceState(history.state, "", from);
})();
