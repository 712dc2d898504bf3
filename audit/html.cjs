// The Nu HTML checker on every page of the built site named on the command line. Its package comes
// by NODE_PATH; it needs Java.
const { spawnSync } = require("node:child_process");
const { readdirSync } = require("node:fs");
const { relative } = require("node:path");
const vnu = require("vnu-jar");

// Faults of the theme, each by the start of its message. Ours are mended instead.
const KNOWN = [
  {
    says: "The “main” role is unnecessary for element “main”.",
    why: "The theme names the role for readers that do not know the element; it does no harm.",
  },
  {
    says: "Consider using the “h1” element as a top-level heading only",
    why: "The theme writes the title a second time, for paper; one of the two is always hidden.",
  },
  {
    says: "Article lacks heading.",
    why: "The theme's article holds the page's section, in which the heading stands.",
  },
  {
    says: "Duplicate ID “search-input”.",
    why: "On the search page the theme has the field of the page and that of its pop-up.",
  },
  {
    says: "The first occurrence of ID “search-input” was here.",
    why: "Says where the other one of the two fields is.",
  },
];

function main(site) {
  const options = ["-jar", vnu, "--format", "json", "--skip-non-html", "--exit-zero-always"];
  const done = spawnSync("java", ["-Xss2m", ...options, site], { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (done.error || done.status) {
    throw new Error(`The checker did not run: ${done.error?.message ?? done.stderr.slice(0, 500)}`);
  }
  const { messages } = JSON.parse(done.stderr);
  const pages = new Set();
  const seen = new Set();
  let faults = 0;
  for (const { type, subType, url, lastLine, message, extract } of messages) {
    if (type === "info" && subType !== "warning") continue;
    const known = KNOWN.find(({ says }) => message.startsWith(says));
    if (known) {
      seen.add(known);
      continue;
    }
    faults += 1;
    const page = relative(site, decodeURIComponent(new URL(url).pathname));
    pages.add(page);
    console.error(`${page}:${lastLine}: ${message} ${JSON.stringify(extract ?? "")}`);
  }
  for (const known of KNOWN.filter((one) => !seen.has(one))) {
    faults += 1;
    console.error(`audit/html.cjs: no page has the fault "${known.says}" any more: take it off the list.`);
  }
  const all = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html"));
  console.log(
    `HTML: ${all.length} pages checked; ${faults} fault(s) on ${pages.size} of them; ` +
      `${KNOWN.length} faults of the theme are known.`,
  );
  process.exit(faults ? 1 : 0);
}

main(process.argv[2]);
