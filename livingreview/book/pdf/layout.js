(rooms) => {
  // Fit tables and figures to the page before it is printed, and name what does not fit even so.
  // Works on measures alone: it knows no table and no figure.
  const MOST_IN_WORDS = 0.75; // of the width, taken by the longest word of each column
  const MOST_OF_A_PAGE = 0.45; // of its height: a row that is higher may be torn
  const MOST_BEFORE = 0.45; // of its height, taken by what leads to a wide table
  const SLACK = 1.5; // pixels that rounding may add

  const widths = (table) => [...table.tHead.rows[0].cells].map((cell) => cell.getBoundingClientRect().width);
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

  // Widths of columns, none below its longest word, with which the table is about as short as it can
  // be: the row's longest cell makes its height.
  function spread(table, least, width) {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const lengths = rows
      .filter((row) => row.cells.length === least.length)
      .map((row) => [...row.cells].map((cell) => cell.innerText.length));
    const height = (columns) =>
      sum(lengths.map((cells) => Math.max(...cells.map((length, place) => length / columns[place]))));
    let best = least.map((column) => column + (width - sum(least)) / least.length);
    let lowest = height(best);
    for (const step of [64, 16, 4]) {
      for (let better = true; better; ) {
        better = false;
        for (const from of best.keys())
          for (const to of best.keys()) {
            if (from === to || best[from] - step < least[from]) continue;
            const tried = [...best];
            tried[from] -= step;
            tried[to] += step;
            if (height(tried) < lowest * 0.999) {
              [best, lowest, better] = [tried, height(tried), true];
            }
          }
      }
    }
    const group = document.createElement("colgroup");
    for (const column of best) {
      const element = document.createElement("col");
      element.style.width = `${column}px`;
      group.append(element);
    }
    table.tHead.before(group);
  }

  // What leads to a wide table, from the heading on, turns with it, so that no page is left with a
  // heading alone; and so does what stands under it.
  function turn(frame) {
    const section = frame.closest("section");
    let last = frame;
    while (last.parentElement !== section) last = last.parentElement;
    let before = [];
    for (let one = last.previousElementSibling; one; one = one.previousElementSibling) before.unshift(one);
    const height = sum(before.map((one) => one.getBoundingClientRect().height));
    const apart = before.some((one) => one.matches("section") || one.querySelector("table, svg"));
    if (apart || height > rooms.turned.height * MOST_BEFORE) before = [];
    const after = [frame.nextElementSibling, frame.nextElementSibling?.nextElementSibling];
    const under = after.filter((one) => one?.matches(".lr-table-foot, .notes"));
    const turned = document.createElement("div");
    (before[0] ?? frame).before(turned);
    turned.append(...before, frame, ...under);
    return turned;
  }

  function fitTable(table) {
    const frame = table.closest(".lr-table-frame");
    table.style.width = "min-content";
    const least = widths(table);
    table.style.width = "";
    const needed = sum(least);
    let room = rooms.upright;
    if (needed > room.width * MOST_IN_WORDS) {
      room = rooms.turned;
      const turned = turn(frame);
      turned.classList.add("wide");
      turned.style.width = `${room.width}px`;
    }
    if (needed > room.width) frame.classList.add("crowded");
    else spread(table, least, room.width);
    for (const row of table.rows)
      if (row.getBoundingClientRect().height > room.height * MOST_OF_A_PAGE) row.classList.add("high");
  }

  function fitFigure(figure) {
    const drawing = figure.querySelector("svg.lr-figure");
    const excess = figure.getBoundingClientRect().height - rooms.upright.height + SLACK;
    if (drawing && excess > 0)
      drawing.style.height = `${drawing.getBoundingClientRect().height - excess}px`;
  }

  // A hatched surface would be printed as a picture of dots: draw its lines, cut to its shape.
  function drawHatch(shape, place) {
    const pattern = document.getElementById(shape.style.fill.match(/#([^")]+)/)[1]);
    const [width, height] = [pattern.width.baseVal.value, pattern.height.baseVal.value];
    const box = shape.getBBox();
    const make = (name) => document.createElementNS(shape.namespaceURI, name);
    const [clip, hatch] = [make("clipPath"), make("g")];
    clip.id = `hatched-${place}`;
    clip.append(shape.cloneNode());
    hatch.setAttribute("clip-path", `url(#${clip.id})`);
    for (let x = Math.floor(box.x / width); x * width < box.x + box.width; x++)
      for (let y = Math.floor(box.y / height); y * height < box.y + box.height; y++) {
        const tile = make("g");
        tile.setAttribute("transform", `translate(${x * width} ${y * height})`);
        tile.append(...[...pattern.children].map((part) => part.cloneNode(true)));
        hatch.append(tile);
      }
    shape.before(clip, hatch);
    shape.style.fill = "none";
  }

  // What reaches beyond the page, and words that reach beyond their drawing, which would cut them.
  function misfits() {
    const found = [];
    const name = (element) =>
      element.closest("[id]")?.id + ": " + element.textContent.trim().slice(0, 60);
    for (const element of document.querySelectorAll(".chapter *")) {
      const drawing = element.closest("svg");
      const box = element.getBoundingClientRect();
      if (!box.width || (drawing && drawing !== element && element.tagName !== "text")) continue;
      const wide = element.closest(".wide");
      let within = { left: 0, right: (wide ? rooms.turned : rooms.upright).width };
      if (drawing && drawing !== element) within = drawing.getBoundingClientRect();
      // the words of a block may reach further than its box; what is around a turned page reaches as
      // far as that
      const inner = drawing || element.querySelector(".wide") ? 0 : element.scrollWidth;
      const right = Math.max(box.right, box.left + inner);
      if (box.left < within.left - SLACK || right > within.right + SLACK) found.push(name(element));
    }
    for (const figure of document.querySelectorAll("figure"))
      if (figure.getBoundingClientRect().height > rooms.upright.height + SLACK)
        found.push(name(figure));
    return found;
  }

  document.querySelectorAll("table.lr-table").forEach(fitTable);
  document.querySelectorAll("figure").forEach(fitFigure);
  document.querySelectorAll('svg [style*="fill: url("]').forEach(drawHatch);
  const found = misfits();
  document.querySelectorAll(".wide").forEach((frame) => (frame.style.width = ""));
  return found;
}
