"""Reads a run's folder as the README shows; prints the different texts of each text column, as JSON."""

import json
import pathlib
import sys

import pandas

folder = pathlib.Path(sys.argv[1])
result = {}
for file in json.loads((folder / "run.json").read_text())["files"]:
    columns = file["columns"]
    table = pandas.read_csv(
        folder / file["name"],
        dtype={c["name"]: c["dtype"] for c in columns if c["dtype"] != "timestamp"},
        parse_dates=[c["name"] for c in columns if c["dtype"] == "timestamp"],
        keep_default_na=False,
        # A number may be NaN, a text may be called so.
        na_values={c["name"]: [""] if c["dtype"] == "string" else ["", "NaN"] for c in columns},
    )
    texts = [c["name"] for c in columns if c["dtype"] == "string"]
    result[file["name"]] = {
        "rows": len(table),
        "texts": {name: sorted(table[name].fillna("").unique()) for name in texts},
    }
print(json.dumps(result))
