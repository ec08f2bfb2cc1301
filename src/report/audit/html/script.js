"use strict";
// Adds to the tables that they can be sorted and filtered. Everything can be read without it.
{
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // What a row is sorted by in a column.
  const keyOf = (unit, column) => {
    const cell = unit.rows[0].cells[column];
    return cell.dataset.key ?? cell.textContent.trim();
  };

  const compare = (kind) => (one, other) =>
    kind === "text" ? collator.compare(one, other) : Number(one) - Number(other);

  const sort = (table, head, column) => {
    // The largest numbers and the latest times are looked for first.
    const first = head.dataset.kind === "text" ? "ascending" : "descending";
    const second = first === "ascending" ? "descending" : "ascending";
    const order = head.getAttribute("aria-sort") === first ? second : first;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const compareKeys = compare(head.dataset.kind);
    const sign = order === "ascending" ? 1 : -1;
    const units = Array.from(table.tBodies, (unit) => ({ unit, key: keyOf(unit, column) }));
    units.sort((one, other) => sign * compareKeys(one.key, other.key));
    const sorted = new DocumentFragment();
    for (const { unit } of units) sorted.append(unit);
    table.append(sorted);
  };

  const makeSortable = (table) => {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      if (!head.dataset.kind) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  };

  const makeFiltered = (table) => {
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const told = document.createElement("span");
    box.className = "filter";
    input.type = "search";
    input.autocomplete = "off";
    input.spellcheck = false;
    label.append("Filter rows by words ", input);
    told.setAttribute("role", "status");
    told.className = "note";
    box.append(label, told);
    table.before(box);
    // Once for all, as it takes long for many rows.
    let texts = null;
    input.addEventListener("input", () => {
      texts ??= Array.from(table.tBodies, (unit) => ({ unit, text: unit.textContent.toLowerCase() }));
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { unit, text } of texts) {
        const fits = words.every((word) => text.includes(word));
        unit.hidden = !fits;
        shown += Number(fits);
      }
      told.textContent = words.length ? `${shown} of ${texts.length} rows` : "";
    });
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    makeSortable(table);
    if (table.classList.contains("filtered")) makeFiltered(table);
  }

  // Paper has nothing to open. What was closed is closed again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}
