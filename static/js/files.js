// <form data-files="address">: its files are looked at before they are sent, each by itself and with its progress;
// more can be dropped onto the form or pasted. Without this script the form sends them all at once.
(() => {
  const ending = (name) => (/[^.]\.([^.]+)$/.exec(name)?.[1] ?? "").toLowerCase();
  const queueOf = (form) => form.querySelector(".file-queue");
  const waiting = new WeakMap(); // form → files that wait, each { file, line }

  const waitingIn = (form) => {
    if (!waiting.has(form)) waiting.set(form, []);
    return waiting.get(form);
  };

  function fault(form, file) {
    const { most, endings, large, strange, empty } = form.dataset;
    if (file.size === 0) return empty;
    if (file.size > Number(most)) return large;
    return !ending(file.name) || endings.split(",").includes(ending(file.name)) ? "" : strange;
  }

  function lineFor(form, file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "file-state small quiet";
    const bar = document.createElement("progress");
    bar.className = "bar";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "btn-link-plain small";
    stop.textContent = form.dataset.cancel;
    stop.setAttribute("aria-label", `${form.dataset.cancel} ${file.name}`);
    line.append(name, state, stop, bar);
    queueOf(form).append(line);
    return line;
  }

  function say(line, text, kind) {
    line.querySelector(".file-state").textContent = text;
    line.className = kind ? `file-${kind}` : "";
    if (kind) line.querySelectorAll("progress, button").forEach((part) => part.remove());
  }

  function add(form, files) {
    for (const file of files) {
      const line = lineFor(form, file);
      const wrong = fault(form, file);
      if (wrong) { say(line, wrong, "wrong"); continue; }
      say(line, form.dataset.waits);
      const entry = { file, line };
      waitingIn(form).push(entry);
      line.querySelector("button").addEventListener("click", () => {
        entry.stopped = true;
        entry.request?.abort();
        say(line, form.dataset.cancelled, "wrong");
      });
    }
  }

  function send(form, entry) {
    const body = new FormData();
    for (const field of form.querySelectorAll("input[name]:not([type=file])")) body.append(field.name, field.value);
    body.append("files", entry.file, entry.file.name);
    const request = entry.request = new XMLHttpRequest();
    const bar = entry.line.querySelector("progress");
    return new Promise((resolve) => {
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        bar.value = Math.round((100 * event.loaded) / event.total);
        entry.line.querySelector(".file-state").textContent = `${bar.value} %`;
      });
      request.addEventListener("loadend", () => resolve(entry.stopped ? null : request));
      request.open("POST", form.dataset.files);
      request.setRequestHeader("HX-Request", "true");
      request.send(body);
    });
  }

  function answered(form, entry, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status >= 200 && request.status < 300) {
      say(entry.line, form.dataset.sent, "sent");
      const list = page.getElementById("files-list");
      const old = document.getElementById("files-list");
      if (list && old) {
        old.replaceWith(document.adoptNode(list));
        window.htmx.process(list);
      }
      return true;
    }
    const why = request.status === 401 ? form.dataset.signedOut
      : page.querySelector(".form-error span, .toast-text")?.textContent.trim() || form.dataset.failed;
    say(entry.line, why, "wrong");
    return false;
  }

  async function sendAll(form) {
    const all = waitingIn(form);
    let sent = 0;
    for (let entry = all.shift(); entry; entry = all.shift()) {
      if (entry.stopped) continue;
      const request = await send(form, entry);
      if (request && answered(form, entry, request)) sent += 1;
    }
    form.removeAttribute("data-sending"); // set when it was submitted, and keeps a second click from sending twice
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    if (sent) form.querySelectorAll("input:not([type=hidden])").forEach((field) => { field.value = ""; });
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-files]");
    if (!form || event.target.type !== "file") return;
    add(form, event.target.files);
    event.target.value = "";
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-files]") || !waitingIn(form).length) return;
    event.preventDefault();
    event.stopPropagation();
    sendAll(form);
  }, true);

  const formAt = (target) => target.closest?.("#files-part")?.querySelector("form[data-files]");
  document.addEventListener("dragover", (event) => {
    const form = formAt(event.target);
    if (!form || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("file-over");
  });
  document.addEventListener("dragleave", (event) => formAt(event.target)?.classList.remove("file-over"));
  document.addEventListener("drop", (event) => {
    const form = formAt(event.target);
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    form.classList.remove("file-over");
    form.closest("details")?.setAttribute("open", "");
    add(form, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const form = document.querySelector("form[data-files]");
    if (form && event.clipboardData?.files.length) {
      event.preventDefault();
      form.closest("details")?.setAttribute("open", "");
      add(form, event.clipboardData.files);
    }
  });
})();
