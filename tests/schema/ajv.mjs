// The JSON Schema against ajv, which editors use: every good pipeline fits, every broken one does not.
//   node ajv.mjs CASES MODULES      CASES as test_schema.py writes them, MODULES the folder that ajv was installed in
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.argv[3] + "/");
const Ajv = require("ajv/dist/2020").default;
let wrong = 0, seen = 0;
for (const [schema, cases] of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  // strict: a keyword or type that a validator would pass over in silence is a mistake of the schema.
  const fits = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true }).compile(schema);
  for (const [pipeline, isGood] of cases) {
    seen++;
    if (fits(pipeline) !== isGood) {
      wrong++;
      console.error("not so:", isGood ? "good" : "broken", JSON.stringify(pipeline).slice(0, 300),
        JSON.stringify(fits.errors ?? []).slice(0, 600));
    }
  }
}
console.log(`${seen} pipelines, ${wrong} not so`);
process.exit(wrong || !seen ? 1 : 0);
