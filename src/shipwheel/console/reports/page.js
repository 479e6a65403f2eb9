"use strict";
(() => {
  const names = ["status", "level", "family", "file", "text"];
  const bar = document.getElementById("filters");
  if (!bar) return; // a page of answers about dependencies has nothing to filter
  const controls = new Map(names.map((name) => [name, bar.querySelector(`[name="${name}"]`)]));
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const findings = all("#findings > article");
  const grids = all("table.grid").map((table) => ({
    table,
    heads: all("thead tr", table).map((row) => [...row.cells]),
    families: all("tbody", table).map((body) => {
      const [head, ...rows] = [...body.rows];
      return {
        body,
        head,
        rows: rows.map((row) => ({
          row,
          cells: [...row.cells].slice(1),
          text: said(row.cells[0]),
          bad: all("td.failed, td.warned", row).length > 0,
        })),
        open: false,
        button: null,
      };
    }),
  }));

  function said(node) {
    return `${node.textContent} ${node.title || ""}`.toLowerCase();
  }

  function read() {
    const state = {};
    for (const [name, control] of controls) state[name] = name === "text" ? control.value.trim().toLowerCase() : control.value;
    return state;
  }

  function fits(data, state) {
    return (!state.level || data.level === state.level)
      && (!state.status || data.status === state.status)
      && (!state.family || data.family === state.family)
      && (!state.file || (data.files || data.file).split(" ").includes(state.file));
  }

  function show(node, yes) {
    if (node.hidden === yes) node.hidden = !yes;
    return yes;
  }

  function filterFindings(state) {
    let shown = 0;
    for (const card of findings) {
      const yes = fits(card.dataset, state) && (!state.text || said(card).includes(state.text));
      shown += show(card, yes);
    }
    const none = document.getElementById("no-finding");
    if (none) show(none, shown === 0);
    return shown;
  }

  // what is wrong is always shown; the rest where a person opened the family, or a filter found it
  function filterFamily(family, state, narrowed) {
    const inFamily = !state.family || family.body.dataset.family === state.family;
    let rows = 0;
    for (const each of family.rows) {
      const named = inFamily && (!state.text || each.text.includes(state.text));
      let matching = 0;
      for (const cell of each.cells) {
        const yes = cell.dataset.status !== undefined && fits({ ...cell.dataset, family: state.family }, state);
        cell.classList.toggle("off", narrowed && !yes);
        matching += yes;
      }
      each.fits = named && matching > 0;
      rows += each.fits;
    }
    const open = rows > 0 && (narrowed || family.open);
    show(family.body, rows > 0);
    for (const each of family.rows) show(each.row, each.fits && (open || each.bad));
    family.button.setAttribute("aria-expanded", String(open));
    return rows;
  }

  function filterColumns(grid, state) {
    const rows = [...grid.heads.map((cells) => cells.filter((cell) => cell.dataset.file !== undefined))];
    for (const family of grid.families) {
      rows.push([...family.head.cells].slice(1));
      for (const each of family.rows) rows.push(each.cells);
    }
    for (const cells of rows) {
      for (const cell of cells) show(cell, !state.file || cell.dataset.file === state.file);
    }
  }

  function filterRest(state) {
    for (const node of all(".lane, #files li")) {
      show(node, !state.file || node.dataset.file === state.file);
    }
    for (const item of all("#skipped li")) {
      show(item, (!state.status || state.status === "skipped")
        && !state.level
        && (!state.family || item.dataset.families.split(" ").includes(state.family.replaceAll(" ", "-")))
        && (!state.file || item.dataset.files.split(" ").includes(state.file))
        && (!state.text || said(item).includes(state.text)));
    }
    for (const rule of all("#rules article")) {
      show(rule, (!state.family || rule.dataset.family === state.family)
        && (!state.text || said(rule).includes(state.text)));
    }
  }

  function apply() {
    const state = read();
    const narrowed = names.some((name) => state[name]);
    const cards = filterFindings(state);
    let rows = 0;
    for (const grid of grids) {
      let here = 0;
      for (const family of grid.families) here += filterFamily(family, state, narrowed);
      filterColumns(grid, state);
      show(grid.table.parentElement, here > 0);
      show(grid.table.parentElement.previousElementSibling, here > 0);
      rows += here;
    }
    filterRest(state);
    document.getElementById("shown").textContent = narrowed
      ? `${cards} of ${findings.length} findings, ${rows} rules shown` : "";
    show(document.getElementById("reset"), narrowed);
    return state;
  }

  function changed() {
    const state = apply();
    const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    history.replaceState(null, "", `#${query}`);
  }

  // `#status=failed&file=2` is a state of the filters; any other fragment is a place in the page
  function follow() {
    const fragment = decodeURI(location.hash.slice(1));
    if (!fragment.includes("=")) {
      const place = fragment && document.getElementById(fragment);
      if (!place) return;
      if (place.hidden) reset();
      const folded = place.closest("details");
      if (folded) folded.open = true;
      place.scrollIntoView();
      return;
    }
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const [name, control] of controls) control.value = wanted.get(name) || "";
    for (const control of controls.values()) if (control.selectedIndex === -1) control.value = "";
    apply();
  }

  function reset() {
    for (const control of controls.values()) control.value = "";
    changed();
  }

  function fold(family, open) {
    family.open = open;
    apply();
  }

  for (const grid of grids) {
    for (const family of grid.families) {
      const label = family.head.cells[0].firstElementChild;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "fold";
      button.textContent = label.textContent;
      button.addEventListener("click", () => fold(family, button.getAttribute("aria-expanded") !== "true"));
      label.replaceWith(button);
      family.button = button;
    }
  }
  bar.addEventListener("input", changed);
  document.getElementById("reset").addEventListener("click", reset);
  window.addEventListener("hashchange", follow);
  bar.hidden = false;
  apply();
  follow();
})();
