// Subsets the fonts to what the styles use: node scripts/fonts.js FOLDER writes them there.
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const subset = require("subset-font");

// Characters of the font's latin subset, given as "U+0000-00FF,U+0131".
const characters = (ranges) =>
  ranges
    .split(",")
    .flatMap((range) => {
      const [first, last = first] = range.slice(2).split("-").map((code) => parseInt(code, 16));
      return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
    })
    .join("");

// Kerning, accents, and a colon that aligns with figures.
const always = ["kern", "calt", "ccmp", "locl", "mark", "mkmk"];

const fonts = {
  fraunces: { from: "@fontsource/fraunces", file: "fraunces-latin-500-normal", keepFeatures: [...always, "liga", "lnum", "tnum"] },
  inter: {
    from: "@fontsource-variable/inter",
    file: "inter-latin-wght-normal",
    keepFeatures: [...always, "tnum"],
    variationAxes: { wght: { min: 400, max: 700 } },
  },
};

const main = async () => {
  for (const [name, { from, file, ...how }] of Object.entries(fonts)) {
    const { latin } = require(`${from}/unicode.json`);
    const font = readFileSync(require.resolve(`${from}/files/${file}.woff2`));
    writeFileSync(join(process.argv[2], `${name}.woff2`), await subset(font, characters(latin), { ...how, targetFormat: "woff2", noHinting: true }));
  }
};

main();
