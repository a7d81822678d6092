"""Reads a run, its deltas and its rates; prints as JSON where they differ from what pandas calculates of the run
itself, how much was compared, and mean, p95 and maximum of CPU and memory of each container and process."""

import json
import pathlib
import sys

import numpy
import pandas

run, deltas, rates = (pathlib.Path(path) for path in sys.argv[1:4])


def read(folder, record, name):
    """A file as run.json or export.json tells its columns, and these."""
    files = {f["name"]: f["columns"] for f in json.loads((folder / record).read_text())["files"]}
    columns = files[name]
    return pandas.read_csv(
        folder / name,
        dtype={c["name"]: c["dtype"] for c in columns if c["dtype"] != "timestamp"},
        parse_dates=[c["name"] for c in columns if c["dtype"] == "timestamp"],
        keep_default_na=False,
        na_values={c["name"]: [""] if c["dtype"] == "string" else ["", "NaN"] for c in columns},
    ), columns


def identity(columns):
    labels = [c["name"] for c in columns if c["kind"] == "label"]
    told = [name for name in labels if name not in ("namespace", "pod", "container", "comm")]
    return told + (["start_time_seconds"] if "pid" in told else [])


wrong = []
compared = 0
summary = {}


def compare(what, found, expected):
    global compared
    found, expected = found.astype("Float64"), expected.astype("Float64")
    # Of a counter that fell only events.csv knows why.
    told = ~(expected < 0).fillna(False)
    found, expected = found[told], expected[told]
    if not (found.isna() == expected.isna()).all():
        wrong.append(f"{what}: empty cells")
        return
    found, expected = found.dropna().to_numpy(float), expected.dropna().to_numpy(float)
    if not numpy.allclose(found, expected, rtol=1e-6, atol=1e-6):
        wrong.append(what)
    compared += len(found)


for file in json.loads((run / "run.json").read_text())["files"]:
    name = file["name"]
    table, columns = read(run, "run.json", name)
    counters = [c["name"] for c in columns if c["kind"] == "counter"]
    if not counters:
        continue
    things = table.groupby(identity(columns), dropna=False)
    grown = things[counters].diff()
    seconds = things["collected_at"].diff()
    of_deltas, _ = read(deltas, "export.json", name)
    of_rates, _ = read(rates, "export.json", name)
    for counter in counters:
        compare(f"{name} {counter} deltas", of_deltas[counter], grown[counter])
        if name != "scrapes.csv":
            compare(f"{name} {counter} rates", of_rates[counter], grown[counter] / seconds)
    if name not in ("container.csv", "process.csv"):
        continue
    compare(f"{name} interval_seconds", of_deltas["interval_seconds"], seconds)
    if name == "container.csv":
        used, memory = grown["cpu_usage_seconds_total"], table["memory_working_set_bytes"]
    else:
        used = grown["cpu_user_seconds_total"] + grown["cpu_system_seconds_total"]
        memory = table["memory_resident_bytes"]
    cores = used / seconds
    for thing, rows in things.groups.items():
        rate, bytes_ = cores[rows].dropna().astype(float), memory[rows].dropna().astype(float)
        if len(rate) == 0 or len(bytes_) == 0:
            continue
        summary["/".join(str(part) for part in thing[:3])] = {
            "ticks": len(rows),
            "cpuCores": [used[rows].sum() / seconds[rows].sum(), rate.quantile(0.95), rate.max()],
            "memoryBytes": [bytes_.mean(), bytes_.quantile(0.95), bytes_.max()],
        }
print(json.dumps({"wrong": wrong, "compared": compared, "summary": summary}))
