#!/usr/bin/env python3
"""Times the recipes of docs/database.md in the database that PGHOST, PGPORT, ... name; --plans prints their plans."""
import re
import subprocess
import sys
from pathlib import Path

page = Path(__file__).resolve().parents[3] / "docs/database.md"
recipes = re.findall(r"\n([^\n]+)\n\n```sql\n(.*?)```", page.read_text(), re.S)
plans = "--plans" in sys.argv[1:]


def psql(script):
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    return subprocess.run(command, input=script, capture_output=True, text=True, check=True).stdout


# The names in the recipes stand for objects that are there.
name, ra, dec = psql("\\t on\n\\pset format unaligned\nSELECT object_id, ra, dec FROM alert WHERE night = latest_night() "
                     "ORDER BY candid LIMIT 1").strip().split("|")
for title, recipe in recipes:
    recipe = recipe.replace("ZTF26aaaaaaa", name).replace("123.4567890, -12.3456789", f"{ra}, {dec}")
    output = psql("\\timing on\n" + recipe * 12)
    times = [float(t) for t in re.findall(r"^Time: ([\d.]+) ms", output, re.M)][1:]
    rows = re.findall(r"^\((\d+) rows?\)", output, re.M)
    print(f"{min(times):8.1f} ms  {rows[0] if rows else '?':>6} rows  {title}")
    if plans:
        print(psql("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) " + recipe))
