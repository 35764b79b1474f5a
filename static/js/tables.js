// A list that fits keeps its head in sight; one that is too wide scrolls sideways in its own box instead.
(() => {
  const fit = (wrap) => {
    wrap.classList.remove("fits");
    wrap.classList.toggle("fits", wrap.scrollWidth <= wrap.clientWidth);
  };
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  const find = () => document.querySelectorAll(".table-wrap").forEach((wrap) => { fit(wrap); watch.observe(wrap); });
  document.addEventListener("htmx:after:swap", find);
  find();
})();
