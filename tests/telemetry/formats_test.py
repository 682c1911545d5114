#!/usr/bin/python3
"""What the example of telemetry prints, read by others: promtool, and a encoder of OpenTelemetry: formats_test.py EXAMPLE ROOT CACHE."""
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from skips import skipped  # noqa: E402


def need(condition, *said):
    if not condition:
        sys.exit(f"not so: {said}")


def members(value, required, optional=()):
    need(isinstance(value, dict), "an object", value)
    need(set(required) <= set(value) <= set(required) | set(optional), "members", sorted(value), sorted(required))


def whole(text):
    """A 64-bit integer is a decimal string in protobuf's JSON."""
    need(isinstance(text, str) and re.fullmatch(r"0|[1-9][0-9]*", text) and int(text) < 2**63, "a 64-bit integer", text)
    return int(text)


def attributes(given):
    for one in given:
        members(one, ["key", "value"])
        members(one["value"], ["stringValue"])
        need(isinstance(one["value"]["stringValue"], str), one)
    named = {one["key"]: one["value"]["stringValue"] for one in given}
    need(len(named) == len(given), "attributes have different keys", given)
    return named


def items(text, resources, scopes, name):
    """The metrics or log records inside of the three envelopes of OTLP."""
    document = json.loads(text)
    members(document, [resources])
    need(len(document[resources]) == 1, resources)
    resource = document[resources][0]
    members(resource, ["resource", scopes])
    members(resource["resource"], ["attributes"])
    need(attributes(resource["resource"]["attributes"]) == {"service.name": "example"}, resource["resource"])
    need(len(resource[scopes]) == 1, scopes)
    members(resource[scopes][0], ["scope", name])
    members(resource[scopes][0]["scope"], ["name", "version"])
    return resource[scopes][0][name]


def read_metrics(text):
    """name -> kind, and (name, labels) -> (count, sum, cumulative buckets by bound)."""
    kinds, values = {}, {}
    for metric in items(text, "resourceMetrics", "scopeMetrics", "metrics"):
        kind = "sum" if "sum" in metric else "histogram"
        members(metric, ["name", "description", "unit", kind])
        need(metric["name"] not in kinds, "once", metric["name"])
        kinds[metric["name"]] = kind
        data = metric[kind]
        members(data, ["aggregationTemporality", "dataPoints"] + (["isMonotonic"] if kind == "sum" else []))
        need(data["aggregationTemporality"] == 2 and data.get("isMonotonic", True) is True, data)
        for point in data["dataPoints"]:
            times = ["attributes", "startTimeUnixNano", "timeUnixNano"]
            own = ["asInt"] if kind == "sum" else ["count", "sum", "bucketCounts", "explicitBounds"]
            members(point, times + own)
            need(whole(point["startTimeUnixNano"]) < whole(point["timeUnixNano"]), "time passes", point)
            labels = tuple(sorted(attributes(point["attributes"]).items()))
            need((metric["name"], labels) not in values, "a series stands once", metric["name"], labels)
            if kind == "sum":
                values[metric["name"], labels] = (whole(point["asInt"]), None, None)
                continue
            counts = [whole(count) for count in point["bucketCounts"]]
            bounds = point["explicitBounds"]
            need(len(counts) == len(bounds) + 1 and bounds == sorted(set(bounds)), "bounds", point)
            need(sum(counts) == whole(point["count"]), "the buckets hold all", point)
            cumulative = {bound: sum(counts[:i + 1]) for i, bound in enumerate(bounds + [math.inf])}
            values[metric["name"], labels] = (whole(point["count"]), point["sum"], cumulative)
    return kinds, values


def read_page(page):
    """The same from Prometheus' text, with a reader of its own."""
    kinds, values = {}, {}
    for line in page.splitlines():
        if line.startswith("# HELP "):
            continue
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            need(name not in kinds, "one TYPE", name)
            kinds[name] = {"counter": "sum", "histogram": "histogram"}[kind]
            continue
        match = re.fullmatch(r'([a-z_:]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? ([0-9.]+)', line)
        need(match, "a sample", line)
        full, labels = match[1], dict(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
        base = full
        for suffix in ("_bucket", "_sum", "_count"):
            if full.endswith(suffix) and kinds.get(full.removesuffix(suffix)) == "histogram":
                base = full.removesuffix(suffix)
        bound = labels.pop("le", None)
        count, total, buckets = values.get((base, tuple(sorted(labels.items()))), (0, None, None))
        if base == full or full.endswith("_count"):
            count = int(match[3])
        elif full.endswith("_sum"):
            total = float(match[3])
        else:
            buckets = {**(buckets or {}), float(bound.replace("+Inf", "inf")): int(match[3])}
        values[base, tuple(sorted(labels.items()))] = (count, total, buckets)
    return kinds, values


def read_logs(text):
    names = set()
    for record in items(text, "resourceLogs", "scopeLogs", "logRecords"):
        members(record, ["timeUnixNano", "observedTimeUnixNano", "severityNumber", "severityText", "eventName", "body",
                         "attributes"])
        whole(record["timeUnixNano"])
        need((record["severityText"], record["severityNumber"]) in [("INFO", 9), ("WARN", 13), ("ERROR", 17)], record)
        members(record["body"], ["stringValue"])
        attributes(record["attributes"])
        names.add(record["eventName"])
    return names


def alerts(root):
    """The expressions of the guide's table of alerts."""
    page = (root / "docs/telemetry.md").read_text().split("## What to alert on")[1].split("\n## ")[0]
    found = [cell.replace("\\|", "|") for cell in re.findall(r"^\| [^|]+ \| `((?:[^`|]|\\\|)+)`", page, re.M)]
    need(len(found) > 10, "alerts", found)
    return found


# Reads a body of OTLP's JSON, encodes it as protobuf, reads it again: what the protocol does not know is lost on the way.
ENCODER = """
const protocol = require("./node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js").opentelemetry.proto.collector;
const types = {metrics: protocol.metrics.v1.ExportMetricsServiceRequest, logs: protocol.logs.v1.ExportLogsServiceRequest};
const type = types[process.argv[2]];
const bytes = type.encode(type.fromObject(JSON.parse(require("fs").readFileSync(0, "utf8")))).finish();
console.log(JSON.stringify(type.toObject(type.decode(bytes), {longs: String, enums: Number, arrays: true})));
"""
PACKAGE = "@opentelemetry/otlp-transformer@0.203.0"


def without_empty_lists(value):
    if isinstance(value, list):
        return [without_empty_lists(one) for one in value]
    if isinstance(value, dict):
        return {name: without_empty_lists(one) for name, one in value.items() if one != []}
    return value


def encoded(kind, text, cache):
    """None if the encoder cannot be had here."""
    cache.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm"):
        skipped("npm is not installed")
        return None
    if not (cache / "node_modules/@opentelemetry/otlp-transformer").exists():
        (cache / "package.json").write_text("{}")
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", PACKAGE], cwd=cache, check=False)
        if done.returncode != 0:
            skipped("OpenTelemetry's encoder could not be installed")
            return None
    (cache / "encoder.js").write_text(ENCODER)
    done = subprocess.run(["node", "encoder.js", kind], cwd=cache, input=text, capture_output=True, text=True, check=False)
    need(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def main():
    example, root, cache = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    printed = subprocess.run([example], capture_output=True, text=True, check=True).stdout
    page, metrics, logs = printed.rstrip("\n").rsplit("\n", 2)
    page = page.rstrip("\n") + "\n"
    kinds, values = read_page(page)
    need(len(values) > 50, "series", len(values))
    need((kinds, values) == read_metrics(metrics), "both formats have the same values")
    names = read_logs(logs)
    need({"sync.run_ended", "sync.source_failed"} <= names, names)
    listed = set(re.findall(r'"([a-z_.]+)"', (root / "include/stocktracker/ports/log_table.hpp").read_text()))
    need(names <= listed, names - listed)
    for kind, text in (("metrics", metrics), ("logs", logs)):
        again = encoded(kind, text, cache)
        need(again is None or without_empty_lists(again) == without_empty_lists(json.loads(text)), "the same after protobuf", kind)
    known = set(re.findall(r'"(stocktracker_\w+)"', (root / "include/stocktracker/ports/metric_table.hpp").read_text()))
    for expression in alerts(root):
        for name in re.findall(r"stocktracker_\w+", expression):
            need(name.removesuffix("_bucket") in known, "an alert on a metric that is not there", name)
    promtool = shutil.which("promtool")
    if not promtool:
        skipped("promtool is not installed")
        return
    for text in (page, (root / "tests/telemetry/golden/metrics.prom").read_text()):
        checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        need(checked.returncode == 0, checked.stdout, checked.stderr)
    broken = subprocess.run([promtool, "check", "metrics"], input=page.replace('"} ', '} ', 1), capture_output=True, text=True,
                            check=False)
    need(broken.returncode != 0, "promtool notices a fault")
    rules = "".join(f"  - alert: A{i}\n    expr: {json.dumps(one)}\n" for i, one in enumerate(alerts(root)))
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write("groups:\n- name: stocktracker\n  rules:\n" + rules)
        file.flush()
        checked = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True, check=False)
    need(checked.returncode == 0, checked.stdout, checked.stderr)
    print(len(values), "series,", len(names), "log events")


main()
