#!/usr/bin/env python3
"""Writes `src/fit/profile.txt`: numbers, names, scales and units of the FIT profile, as `fit::profile` reads it.

    pip install garmin-fit-sdk && python3 reference/profile.py > src/fit/profile.txt

One line a message, field or subfield, values separated by tabs:
    M number name
    F number name units scale offset accumulated components
    S name units scale offset components conditions
    V number name   (manufacturer)
    G number name   (Garmin product)
A component is target:bits:scale:offset, a condition is field=value; several are separated by commas. "-" is empty.
"""

from garmin_fit_sdk.profile import Profile

ACCUMULATED_IN_SDK = "is_accumulated"


def first(value, default):
    if isinstance(value, list):
        return value[0] if value else default
    return value if value not in ("", None) else default


def number(value):
    return f"{float(value):g}" if value not in ("", None) else "-"


def components(entry):
    if not entry["has_components"]:
        return "-"
    rows = zip(entry["components"], entry["bits"], entry["scale"], entry["offset"])
    return ",".join(f"{t}:{b}:{number(s)}:{number(o)}" for t, b, s, o in rows) or "-"


def own(entry, key, default):
    # With several components the scale belongs to them and the field itself is raw.
    if entry["has_components"] and len(entry["components"]) > 1:
        return default
    return first(entry[key], default)


def names(letter, kind):
    for num in sorted(Profile["types"][kind], key=int):
        print(letter, num, Profile["types"][kind][num], sep="\t")


version = Profile["version"]
print(f"# FIT profile {version['major']}.{version['minor']}: facts of the protocol, by reference/profile.py")
for num in sorted(Profile["messages"]):
    message = Profile["messages"][num]
    print("M", num, message["name"], sep="\t")
    for key in sorted(message["fields"]):
        f = message["fields"][key]
        print("F", key, f["name"], own(f, "units", "-") or "-", number(own(f, "scale", 1)), number(own(f, "offset", 0)),
              int(f[ACCUMULATED_IN_SDK]), components(f), sep="\t")
        for s in f["sub_fields"]:
            conditions = ",".join(f"{m['num']}={m['raw_value']}" for m in s["map"])
            print("S", s["name"], own(s, "units", "-") or "-", number(own(s, "scale", 1)), number(own(s, "offset", 0)),
                  components(s), conditions, sep="\t")
names("V", "manufacturer")
names("G", "garmin_product")
