#!/usr/bin/python3
"""Instructions of the hot paths, counted by callgrind against budgets.json: release builds only.

A budget above what is needed hides the next tenth that is lost, so one that is a tenth too high fails as well."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

program = sys.argv[1]
budgets = json.loads((pathlib.Path(__file__).resolve().parents[2] / "budgets.json").read_text())["instructions"]
missed = []
for workload, budget in budgets.items():
    function = "measured_" + {"persist": "sync", "diff": "sync"}.get(workload, workload)
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", "--collect-atstart=no",
                               f"--toggle-collect={function}", program, workload], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    counted = int(re.search(r"Collected : (\d+)", done.stderr)[1])
    assert counted > 1000, "nothing was counted: " + done.stderr[-2000:]
    print(f"{workload:8} {counted:12,} of {budget:12,} instructions")
    if counted > budget:
        missed.append(f"{workload} needs more than its budget")
    if counted < budget * 0.9:
        missed.append(f"{workload} needs less than nine tenths of its budget: lower it to {int(counted * 1.05):,}")
assert not missed, missed
