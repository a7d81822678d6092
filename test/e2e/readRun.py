"""Reads a run's folder as its run.json says; prints for each file what was read, as JSON."""

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
    )
    counters = [c["name"] for c in columns if c["kind"] == "counter"]
    result[file["name"]] = {
        "rows": len(table),
        "dtypes": {name: str(dtype) for name, dtype in table.dtypes.items()},
        "sums": {name: str(table[name].sum()) for name in counters},
    }
print(json.dumps(result))
