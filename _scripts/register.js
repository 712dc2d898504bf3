// The register of studies: search, filters, sorting and downloads for the table in the page.
// The table is whole without this script. The state lives in the address, so that a view can be
// shared and the back button works: ?q=...&condition=...&rung=...&sort=-year

(() => {
  "use strict";

  const form = document.getElementById("register-form");
  const table = document.getElementById("table-register");
  const data = JSON.parse(document.getElementById("register-data").textContent);

  const search = form.elements.q;
  const selects = [...form.querySelectorAll("select")];
  const downloads = [...form.querySelectorAll("[data-kind]")];
  const status = document.getElementById("register-status");
  const columns = data.columns.map(([name, largestFirst], place) => {
    const head = table.tHead.rows[0].cells[place];
    return { name, largestFirst, place, head, label: head.textContent.trim() };
  });
  const body = table.tBodies[0];
  const studies = data.studies.map((study, place) => ({
    ...study,
    row: body.rows[place],
    text: fold([study.csv, ...Object.values(study.values).flat()].join(" ")),
  }));
  const collator = new Intl.Collator("en", { numeric: true });

  // What is asked for. `sort` is the name of a column, with "-" before it for the largest first.
  let sort = "";

  // Letters without accents and case: "Ibáñez" is found by "ibanez", "Crohn’s" by "crohn's".
  function fold(text) {
    const plain = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };
    return text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[øłđðþßæœı]/g, (letter) => plain[letter])
      .replace(/[‘’ʼ]/g, "'")
      .replace(/[‐‑–—−]/g, "-");
  }

  // --- which studies are shown -------------------------------------------------------------

  // Studies that fit the search and every filter but one; that one is left open to be counted.
  function fitting(open) {
    const words = fold(search.value).split(/\s+/);
    const asked = selects.filter((select) => select.value && select !== open);
    return studies.filter(
      (study) =>
        asked.every((select) => study.values[select.name].includes(select.value)) &&
        words.every((word) => study.text.includes(word)),
    );
  }

  function sorted(found) {
    const column = columns.find(({ name }) => name === sort.replace("-", ""));
    if (!column) return found;
    const sign = sort.startsWith("-") ? -1 : 1;
    return [...found].sort(compare);

    function compare({ sort: one }, { sort: other }) {
      const [a, b] = [one[column.place], other[column.place]];
      // what is not known comes last, whichever way the others go
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
    }
  }

  // --- what the page says ------------------------------------------------------------------

  function show() {
    const found = sorted(fitting());
    const rows = found.map((study) => study.row);
    // rows put where they stand already would be laid out again
    if (rows.length !== body.rows.length || rows.some((row, place) => row !== body.rows[place])) {
      body.replaceChildren(...rows);
    }
    for (const select of selects) count(select);
    for (const { name, head } of columns) {
      if (sort === name) head.setAttribute("aria-sort", "ascending");
      else if (sort === `-${name}`) head.setAttribute("aria-sort", "descending");
      else head.removeAttribute("aria-sort");
    }
    for (const button of downloads) button.disabled = found.length === 0;
    status.textContent = said(found.length);
  }

  // Beside each option, how many studies choosing it would show.
  function count(select) {
    const numbers = new Map([["", 0]]);
    for (const study of fitting(select)) {
      for (const value of ["", ...study.values[select.name]]) {
        numbers.set(value, (numbers.get(value) ?? 0) + 1);
      }
    }
    for (const option of select.options) {
      option.dataset.label ??= option.textContent;
      option.textContent = `${option.dataset.label} (${numbers.get(option.value) ?? 0})`;
    }
  }

  function said(number) {
    const parts = [`${number} of ${studies.length} studies`];
    if (search.value.trim()) parts.push(`search: ${search.value.trim()}`);
    for (const select of selects.filter((one) => one.value)) {
      const name = form.querySelector(`label[for="${select.id}"]`).textContent;
      parts.push(`${name}: ${select.selectedOptions[0].dataset.label}`);
    }
    const column = columns.find(({ name }) => name === sort.replace("-", ""));
    if (column) parts.push(`sorted by ${column.label}, ${column.head.ariaSort}`);
    if (!number) parts.push("no study fits: loosen a filter or reset");
    return `${parts.join("; ")}.`;
  }

  // --- the address -------------------------------------------------------------------------

  function read() {
    const asked = new URLSearchParams(location.search);
    search.value = asked.get("q") ?? "";
    for (const select of selects) {
      const value = asked.get(select.name) ?? "";
      // a value that is no option is ignored
      select.value = [...select.options].some((option) => option.value === value) ? value : "";
    }
    sort = asked.get("sort") ?? "";
    if (!columns.some(({ name }) => name === sort.replace(/^-/, ""))) sort = "";
  }

  function address() {
    const asked = new URLSearchParams(location.search);
    const state = [search, ...selects].map(({ name, value }) => [name, value.trim()]);
    for (const [name, value] of [...state, ["sort", sort]]) {
      if (value) asked.set(name, value);
      else asked.delete(name);
    }
    const query = `${asked}` ? `?${asked}` : "";
    return location.pathname + query + location.hash;
  }

  // A choice is a step that the back button takes back; the letters of a search are not.
  let typing;
  function changed({ typed = false } = {}) {
    clearTimeout(typing);
    show();
    if (typed) typing = setTimeout(() => history.replaceState(null, "", address()), 300);
    else if (address() !== location.pathname + location.search + location.hash) {
      history.pushState(null, "", address());
    }
  }

  // --- downloads ---------------------------------------------------------------------------

  function download({ dataset: { kind, type } }) {
    const found = sorted(fitting());
    // several studies may stand in one report: its reference is given once
    const texts = new Set(
      found.map(({ csv, reference }) => (kind === "csv" ? csv : data.references[reference][kind])),
    );
    const parts = [kind === "csv" ? data.head : "", ...texts];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
    link.download = `studies.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // --- connect -----------------------------------------------------------------------------

  for (const { name, largestFirst, head } of columns) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const first = largestFirst ? `-${name}` : name;
    const second = largestFirst ? name : `-${name}`;
    button.addEventListener("click", () => {
      sort = sort === first ? second : first;
      changed();
    });
  }
  search.addEventListener("input", () => changed({ typed: true }));
  for (const select of selects) select.addEventListener("change", () => changed());
  for (const button of downloads) button.addEventListener("click", () => download(button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search.blur(); // a phone puts its keyboard away
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    search.value = sort = "";
    for (const select of selects) select.value = "";
    changed();
  });
  window.addEventListener("popstate", () => {
    clearTimeout(typing);
    read();
    show();
  });

  read();
  show();
  form.classList.remove("lr-waiting");
})();
