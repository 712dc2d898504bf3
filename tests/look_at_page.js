// What `survey.py` asks a page. Loaded after axe-core, before the page's own scripts.
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const PHONE_RULES = ["target-size", "scrollable-region-focusable"];

/** Name an element so that a person finds it. */
function named(element) {
  const id = element.closest("[id]")?.id;
  const own = element.tagName.toLowerCase() + [...element.classList].map((name) => `.${name}`).join("");
  return `${id ? `#${id} ` : ""}${own} "${element.textContent.trim().slice(0, 40)}"`;
}

async function violations(context, options) {
  const found = await axe.run(context, { resultTypes: ["violations"], elementRef: true, ...options });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ element, failureSummary }) => {
      const why = failureSummary.split("\n").slice(1, 3).join(" ").trim();
      return `${id}: ${named(element)}: ${why}`;
    }),
  );
}

/**
 * Elements that hold text, two of each look: equal colours, sizes and grounds have equal contrast.
 * The first, and the longest: axe-core judges no single letter, and nothing that is partly covered.
 */
function someOfEachLook() {
  const grounds = new Map([[null, ""]]);
  function ground(element) {
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter];
      grounds.set(element, own.join() === "rgba(0, 0, 0, 0),none,1,none" ? ground(element.parentElement)
        : `${own};${ground(element.parentElement)}`);
    }
    return grounds.get(element);
  }
  function ink(element) {
    const style = getComputedStyle(element);
    return [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textDecorationLine];
  }
  const looks = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3);
    const length = texts.map((node) => node.data.trim()).join("").length;
    if (!(length || element.matches("input, select, textarea")) || !element.checkVisibility()) continue;
    // a link is also held against the text around it
    const around = element.matches("a") ? ink(element.parentElement) : "";
    const look = `${ink(element)}|${around}|${ground(element)}|${element.disabled}`;
    if (!looks.has(look)) looks.set(look, { first: element, longest: element, length });
    const chosen = looks.get(look);
    if (length > chosen.length) Object.assign(chosen, { longest: element, length });
  }
  return [...new Set([...looks.values()].flatMap(({ first, longest }) => [first, longest]))];
}

/** Text that stands outside of the window, and cannot be scrolled to inside its own frame. */
function outOfSight() {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} px wide`);
  const scrolls = new Map([[page, false]]);
  function canScroll(element) {
    if (!scrolls.has(element)) {
      const way = getComputedStyle(element).overflowX;
      scrolls.set(element, way === "auto" || way === "scroll" || canScroll(element.parentElement));
    }
    return scrolls.get(element);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || element.closest("script, style, noscript, svg, .sr-only")) continue;
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (!box.width || (box.right <= innerWidth + 1 && box.left >= -1)) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || canScroll(element)) continue;
    found.push(`${named(element)} stands at ${Math.round(box.left)} to ${Math.round(box.right)} px`);
  }
  return found;
}

/** Icons that have no shape, and signs that only a font of icons has. */
function iconsWithoutShape() {
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (/\bfa[bs]?\b|\bfa-/.test(element.getAttribute("class") ?? "")) {
      // all shapes are in one picture: an icon has one if it has a place there
      const style = getComputedStyle(element);
      const shown = style.maskImage !== "none" && style.getPropertyValue("--lr-icon-place");
      if (!shown) found.push(named(element));
    }
    for (const part of ["::before", "::after"]) {
      const style = getComputedStyle(element, part);
      // signs of the private area have a shape in a font of icons alone
      if (/[\ue000-\uf8ff]/.test(style.content)) {
        found.push(`${named(element)}${part}`);
      }
    }
  }
  return found;
}

window.look = {
  openAll: () => document.querySelectorAll("details").forEach((details) => (details.open = true)),
  structure: () =>
    violations(document, {
      rules: Object.fromEntries(COLOUR_RULES.map((rule) => [rule, { enabled: false }])),
    }),
  colours: () => violations({ include: someOfEachLook() }, { runOnly: COLOUR_RULES }),
  settled: async () => {
    do {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      await Promise.allSettled(document.getAnimations().map((moving) => moving.finished));
    } while (document.getAnimations().length);
  },
  phone: () => violations(document, { runOnly: PHONE_RULES }),
  someOfEachLook,
  outOfSight,
  iconsWithoutShape,
  identifiers: () => [...document.querySelectorAll("[id], a[name]")].map((e) => e.id || e.name),
  addresses: () =>
    ["href", "src", "action"].flatMap((name) =>
      [...document.querySelectorAll(`[${name}]`)].map((element) =>
        new URL(element.getAttribute(name), document.baseURI).href,
      ),
    ),
  loaded: () => performance.getEntriesByType("resource").map((entry) => entry.name),
};
