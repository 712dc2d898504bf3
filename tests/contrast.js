// The contrast of every text of a page, also where axe-core gives none: under something that floats,
// in a figure, of a single sign. Loaded after axe-core, whose arithmetic of colours it uses.
(() => {
  const { Color, flattenColors, getContrast } = axe.commons.color;
  const LEAST = 4.5;
  const LEAST_LARGE = 3;
  const BOLD = 700;
  const [LARGE, LARGE_BOLD] = [24, 18.66]; // px

  function colour(text, opacity = 1) {
    const found = new Color();
    found.parseString(text);
    found.alpha *= opacity;
    return found;
  }

  /** What lies behind the text of an HTML element: its own ground on those of all around it. */
  function groundOf(element, known) {
    if (!element) return { colour: new Color(255, 255, 255, 1), opacity: 1 };
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const below = groundOf(element.parentElement, known);
      const opacity = below.opacity * Number(style.opacity);
      // icons are a ground cut to a shape and hold no text
      const own = style.maskImage === "none" ? colour(style.backgroundColor, opacity) : colour("transparent");
      known.set(element, {
        colour: own.alpha ? flattenColors(own, below.colour) : below.colour,
        opacity,
        picture: own.alpha < 1 && (style.backgroundImage !== "none" || below.picture),
      });
    }
    return known.get(element);
  }

  /** Whether a part of a figure is not cut off at a point; what cuts is the frame of its axes. */
  function isKept(part, { x, y }) {
    const cut = part.closest("[clip-path]")?.getAttribute("clip-path").slice("url(#".length, -1);
    const frame = cut && document.getElementById(cut).querySelector("rect");
    if (!frame) return true;
    const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => frame[name].baseVal.value);
    return x > left && x < left + width && y > top && y < top + height;
  }

  /** Whether a part of a figure is painted at a point of the window. */
  function covers(part, x, y) {
    if (part.tagName === "use") {
      const box = part.getBoundingClientRect();
      return x > box.left && x < box.right && y > box.top && y < box.bottom;
    }
    const inside = new DOMPoint(x, y).matrixTransform(part.getScreenCTM().inverse());
    return part.isPointInFill(inside) && isKept(part, inside);
  }

  /** What lies behind a text of a figure: the parts painted before it, on the ground of the page. */
  function groundInFigure(text, parts, known) {
    const box = text.getBoundingClientRect();
    const middle = [box.left + box.width / 2, box.top + box.height / 2];
    let ground = groundOf(text.ownerSVGElement.parentElement, known).colour;
    let picture = false;
    for (const { part, paint } of parts) {
      if (!(part.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      if (!covers(part, ...middle)) continue;
      picture = !paint;
      if (paint) ground = flattenColors(paint, ground);
    }
    return { colour: ground, picture };
  }

  /** The parts of a figure that are filled, each with its paint, or none where that is a pattern. */
  function filled(figure) {
    return [...figure.querySelectorAll("path, rect, circle, use")].flatMap((part) => {
      const { fill, opacity, fillOpacity } = getComputedStyle(part);
      if (fill === "none" || part.closest("defs, clipPath, pattern")) return [];
      return [{ part, paint: fill.startsWith("url") ? null : colour(fill, opacity * fillOpacity) }];
    });
  }

  function isWritten(element) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own && !element.matches("input, select, textarea")) return false;
    if (element.closest("script, style, noscript, title") || element.disabled) return false;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1; // else for a screen reader alone
  }

  function faults() {
    const known = new Map();
    const parts = new Map();
    const found = new Map();
    let count = 0;
    for (const element of document.body.querySelectorAll("*")) {
      if (!isWritten(element)) continue;
      count += 1;
      const style = getComputedStyle(element);
      const figure = element.ownerSVGElement;
      if (figure && !parts.has(figure)) parts.set(figure, filled(figure));
      const around = figure ? groundInFigure(element, parts.get(figure), known) : groundOf(element, known);
      const ground = around.colour;
      const opacity = figure ? style.opacity * style.fillOpacity : around.opacity;
      const ink = flattenColors(colour(figure ? style.fill : style.color, opacity), ground);
      const scale = figure ? element.getScreenCTM().a : 1;
      const size = parseFloat(style.fontSize) * Math.abs(scale || 1);
      const large = size >= LARGE || (size >= LARGE_BOLD && style.fontWeight >= BOLD);
      const contrast = getContrast(ground, ink);
      if (contrast >= (large ? LEAST_LARGE : LEAST) && !around.picture) continue;
      const why = around.picture ? "on a picture" : `${contrast.toFixed(2)} of ${ink.toHexString()} on ${ground.toHexString()}`;
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
      // one of each kind is told
      found.set(`${name}${why}`, `contrast: ${name} "${element.textContent.trim().slice(0, 40)}": ${why}`);
    }
    return { count, faults: [...found.values()] };
  }

  window.contrast = faults;
})();
