// A list by groups: a group turns its pages where it stands, and the head of any of them sorts them all.
(() => {
  function turn(link) {
    const target = link.closest(".group-rows");
    window.htmx.ajax("GET", link.href, { source: link, target, select: ".list-page", swap: "innerHTML ignoreTitle:true" })
      .then(() => target.closest("details").querySelector("summary").focus());
  }

  function sort(link) {
    const here = new URL(location.href);
    here.searchParams.set("sort", new URL(link.href).searchParams.get("sort"));
    location.assign(here);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-group] :is(.list-foot, thead) a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("thead") ? sort(link) : turn(link);
  });
})();
