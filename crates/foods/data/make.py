#!/usr/bin/env python3
"""Writes foods.tsv from choice.txt and USDA's National Nutrient Database for Standard Reference, release 24.

Usage: make.py usda_sr24.jar > foods.tsv      (where the archive comes from: README.md)
Numbers are copied as USDA gives them, per 100 g. What USDA does not give stays empty, but for caffeine and alcohol where a food plainly contains none:
NONE below, which is checked against every food of the release. Anything odd is said on standard error.
"""
import pathlib
import re
import sys
import zipfile
from xml.etree import ElementTree

NUTRIENTS = ["Energy", "Carbs", "Protein", "Fat", "Fiber", "Sodium", "Caffeine", "Alcohol"]
MILLILITRES = {"fl oz": 29.5735, "fluid ounce": 29.5735, "cup": 236.588, "tbsp": 14.7868, "tsp": 4.92892}
MOST_BYTES = 60_000
# Where USDA gives no caffeine or alcohol, it is zero unless one of these says otherwise: the first two digits of the number, which are USDA's group of
# foods, or a word of USDA's description. README.md has the reasons.
NONE = {
    "Caffeine": (
        {"14", "19", "25"},  # beverages; sweets and snacks; formulated bars and snacks
        r"coffee|\bteas?\b|cocoa|choc|mocha|\bcola|kola|guarana|\bmate\b|energy|caffein|fudge|brownie|devil"
        r"|candies|cookie|\bcakes?\b|wafer|ice cream|dessert|cream substitute|supplement|ready-to-eat|nabisco|disney",
    ),
    "Alcohol": (
        {"02", "43"},  # spices, herbs, vinegar and extracts
        r"alcoholic beverage|malt beverage|\bwines?\b|\bbeer|liqueur|brandy|\brum\b|sherry|vinegar|extract|fondue",
    ),
}


def plain(number):
    return f"{number:.6g}"


def density(measures):
    """Grams per millilitre, from the first measure that is a volume."""
    for unit, millilitres in MILLILITRES.items():
        for name, grams in measures:
            if re.match(rf"{unit}(?![ -]*(dia|\w*ed\b))", name):
                return grams / millilitres
    for name, grams in measures:
        if ounces := re.search(r"([\d.]+) fl oz", name):
            return grams / (float(ounces[1]) * MILLILITRES["fl oz"])
    return None


def contains_none(nutrient, ndb, description):
    """Whether a food plainly has nothing of it."""
    groups, words = NONE[nutrient]
    return ndb[:2] not in groups and not re.search(words, description, re.I)


def check(source):
    """Says where the rule contradicts a number of USDA."""
    agree = 0
    for path in source.namelist():
        if not re.fullmatch(r"usda_sr24/\d+\.xml", path):
            continue
        food = ElementTree.fromstring(source.read(path))
        for nutrient in food.findall("nutrient"):
            if nutrient.get("name") in NONE and contains_none(nutrient.get("name"), path[10:15], food.get("name")):
                agree += float(nutrient.get("amount")) == 0
                if float(nutrient.get("amount")) > 0:
                    print(f"{path}: {nutrient.attrib} in {food.get('name')}", file=sys.stderr)
    print(f"{agree} zeros of USDA are those of the rule", file=sys.stderr)


def portion(text, measures, per_ml):
    """A portion as `name=grams`, or `name~grams` where the size is ours and not USDA's."""
    name, _, query = (part.strip() for part in text.partition(":"))
    query = query or name
    name = re.split(r"[,(]", name)[0].strip()
    if ours := re.fullmatch(r"~([\d.]+) g", query):
        return f"{name}~{ours[1]}"
    if volume := re.fullmatch(r"([\d.]+) ml", query):
        return f"{name}~{plain(round(float(volume[1]) * per_ml, 1))}" if per_ml else None
    count, _, query = re.match(r"((?:[\d.]+(?= ))?)( ?)(.*)", query).groups()
    for measure, grams in measures:
        if measure.startswith(query):
            return f"{name}={plain(round(grams * float(count or 1), 2))}"
    return None


def main(archive):
    folder = pathlib.Path(__file__).parent
    source = zipfile.ZipFile(archive)
    check(source)
    seen, lines = {}, []
    for number, line in enumerate((folder / "choice.txt").read_text().splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        ndb, english, german, portions, *kind = (part.strip() for part in line.split("|"))
        for name in english.split(";") + [name for name in german.split(";") if name]:
            if seen.setdefault(name.casefold(), number) != number:
                print(f"line {number}: {name!r} also names line {seen[name.casefold()]}", file=sys.stderr)
        if ndb == "-":
            lines.append("\t".join(["", english, german, *[""] * len(NUTRIENTS), "", "", "", ""]))
            continue
        try:
            food = ElementTree.fromstring(source.read(f"usda_sr24/{ndb}.xml"))
        except KeyError:
            print(f"line {number}: no food {ndb} for {english}", file=sys.stderr)
            continue
        amounts = {n.get("name"): float(n.get("amount")) for n in food.findall("nutrient")}
        amounts = {n: 0.0 for n in NONE if contains_none(n, ndb, food.get("name"))} | amounts
        measures = [(m.get("name"), float(m.get("grams")) / float(m.get("amount"))) for m in food.findall("measure")]
        per_ml = density(measures) if kind else None
        if kind and per_ml is None:
            print(f"line {number}: no volume of {english}: {measures}", file=sys.stderr)
        resolved = []
        for text in filter(None, portions.split(";")):
            found = portion(text, measures, per_ml)
            if found is None:
                print(f"line {number}: no portion {text!r} of {english}: {measures}", file=sys.stderr)
            else:
                resolved.append(found)
        numbers = [plain(amounts[n]) if n in amounts else "" for n in NUTRIENTS]
        per_ml = plain(round(per_ml, 3)) if per_ml else ""
        lines.append("\t".join([ndb, english, german, *numbers, "".join(kind), per_ml, ";".join(resolved), food.get("name")]))
    text = "\n".join(lines) + "\n"
    if len(text.encode()) > MOST_BYTES:
        print(f"{len(text.encode())} bytes are more than {MOST_BYTES}", file=sys.stderr)
    sys.stdout.write(text)


main(*sys.argv[1:])
