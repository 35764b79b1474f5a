// An expired session (401 to htmx): sign in over the untouched page, take the fresh token, send the request again.
(() => {
  const dialog = document.getElementById("session-dialog");
  const place = document.getElementById("session-form");
  if (!dialog || typeof dialog.showModal !== "function") return;
  const root = document.querySelector("[data-search]")?.getAttribute("action").replace(/\/search$/, "") ?? "";
  const headers = { "HX-Request": "true", "X-Person": document.body.dataset.user ?? "" };
  const waiting = [];

  async function ask() {
    if (dialog.open) return;
    const answer = await fetch(`${root}/sign-in?dialog=1`, { headers, credentials: "same-origin" });
    if (answer.headers.get("X-CSRF-Token")) return goOn(answer);
    put(await answer.text());
    dialog.showModal();
    place.querySelector("input:not([type=hidden])")?.focus();
  }

  function put(html) {
    const form = new DOMParser().parseFromString(html, "text/html").querySelector("form");
    if (!form) return location.reload();
    place.replaceChildren(document.adoptNode(form));
    form.removeAttribute("data-guard");
    form.addEventListener("submit", signIn);
  }

  async function signIn(event) {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const answer = await fetch(form.getAttribute("action") || `${root}/sign-in`, {
      method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
      headers: { ...headers, "X-Dialog": "1" },
    });
    if (answer.headers.get("X-CSRF-Token")) return goOn(answer);
    put(await answer.text());
    (place.querySelector("input[type=password]") ?? place.querySelector("input:not([type=hidden])"))?.focus();
  }

  // Somebody is signed in again: send what waits if it is the person of this page, else leave it.
  function goOn(answer) {
    if (answer.headers.get("X-Same-Person") !== "yes") {
      document.dispatchEvent(new CustomEvent("leave"));
      location.assign(`${root}/`);
      return;
    }
    renew(answer.headers.get("X-CSRF-Token"));
    if (dialog.open) dialog.close();
    place.replaceChildren();
    waiting.splice(0).forEach(again);
  }

  function renew(token) {
    document.querySelector("meta[name=csrf-token]").content = token;
    document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; field.defaultValue = token; });
  }

  function again(ctx) {
    const element = ctx.sourceElement;
    if (!element.isConnected) return;
    if (element.matches("form") && ctx.request.method !== "GET") {
      const event = new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: ctx.request.submitter || null });
      element.dispatchEvent(event);
      return;
    }
    const { select, swap, push, replace } = ctx;
    window.htmx.ajax(ctx.request.method, ctx.request.action, { source: element, target: ctx.target, select, swap, push, replace });
  }

  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status !== 401) return;
    event.preventDefault();
    waiting.push(ctx);
    ask().catch(() => document.dispatchEvent(new CustomEvent("toast", { detail: { text: document.getElementById("words").dataset.offline, kind: "error" } })));
  });

  // Every write that htmx makes carries the token, also from elements that are no forms.
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const token = document.querySelector("meta[name=csrf-token]")?.content;
    if (token && !/GET|HEAD/.test(request.method)) request.headers["X-CSRFToken"] = token;
  });
})();
