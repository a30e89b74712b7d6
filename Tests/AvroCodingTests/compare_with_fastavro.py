#!/usr/bin/env python3
"""Compares what AvroCoding extracted with what fastavro reads, exactly: floats as bit patterns.

usage: compare_with_fastavro.py dump.jsonl [schema folder, for Confluent frames]

The dump holds one JSON object an alert (see Dump.swift); `file` is the path of the container it came from, and a file's
alerts follow one another in its order. Prints one line of totals and exits 0 when every value agrees.
"""
import io
import json
import struct
import sys
from itertools import groupby

import fastavro
import fastavro.schema

ZTF_SENTINEL = -999.0
FIELDS = "magpsf sigmapsf rb drb ssdistnr distnr magnr sgscore distpsnr".split()
NULLED = "ssdistnr distnr magnr sgscore distpsnr".split()
BANDS = {1: "g", 2: "r", 3: "i"}
SIGNS = {"t": 1, "1": 1, "f": -1, "0": -1, None: 0, "": 0}


def f64(value):
    if value is None or value != value:
        return None
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def f32(value):
    if value is None or value != value:
        return None
    return struct.unpack("<I", struct.pack("<f", value))[0]


def ztf(record):
    c = record["candidate"]
    alert = {
        "survey": "ztf", "candid": record.get("candid", c["candid"]), "objectId": record["objectId"],
        "jd": f64(c["jd"]),
        "ra": f64(c["ra"]), "dec": f64(c["dec"]), "band": BANDS[c["fid"]], "isdiffpos": SIGNS[c.get("isdiffpos")],
        "jdstarthist": f64(c.get("jdstarthist")), "ndethist": c.get("ndethist", -1),
    }
    for field in FIELDS:
        value = c.get(field)
        if field in ("sgscore", "distpsnr"):
            value = c.get(field + "1", value)
        alert[field] = None if field in NULLED and value == ZTF_SENTINEL else f32(value)
    rows = []
    for p in record.get("fp_hists") or []:
        if p["forcediffimflux"] is not None and p["forcediffimflux"] > -99998 and (p["magzpsci"] or 0) > 0:
            scale = 10.0 ** (-0.4 * (p["magzpsci"] - 31.4))
            rows.append(["forced", f64(p["jd"]), BANDS[p["fid"]], None, None, f32(p["diffmaglim"]), 0,
                         f32(p["forcediffimflux"] * scale), f32(p["forcediffimfluxunc"] * scale)])
    for p in record.get("prv_candidates") or []:
        if p is None:
            continue
        origin = "upperLimit" if p.get("magpsf") is None else "previous"
        rows.append([origin, f64(p["jd"]), BANDS[p["fid"]], f32(p.get("magpsf")), f32(p.get("sigmapsf")),
                     f32(p.get("diffmaglim")), SIGNS[p.get("isdiffpos")], None, None])
    rows.append(["candidate", alert["jd"], alert["band"], alert["magpsf"], alert["sigmapsf"], f32(c.get("diffmaglim")),
                 alert["isdiffpos"], None, None])
    alert["rows"] = rows
    return alert


def sign(flux):
    return 0 if flux is None or flux != flux or flux == 0 else 1 if flux > 0 else -1


def lsst(record):
    source = record["diaSource"]
    diaobject = record.get("diaObject") or {}
    epoch = 2400000.5
    start = diaobject.get("firstDiaSourceMjdTai")
    count = diaobject.get("nDiaSources")
    alert = {
        "survey": "lsst", "candid": source["diaSourceId"],
        "objectId": str(source.get("diaObjectId") or diaobject.get("diaObjectId") or source.get("ssObjectId")
                        or (record.get("ssSource") or {}).get("ssObjectId")),
        "jd": f64(source["midpointMjdTai"] + epoch), "ra": f64(source["ra"]), "dec": f64(source["dec"]),
        "band": source["band"].lower(), "isdiffpos": sign(source["psfFlux"]),
        "jdstarthist": None if start is None else f64(start + epoch), "ndethist": -1 if count is None else count,
    }
    alert.update({field: None for field in FIELDS})
    alert["drb"] = f32(source.get("reliability"))
    if not (source.get("diaObjectId") or diaobject.get("diaObjectId")):
        alert["ssdistnr"] = f32(0.0)
    rows = []
    for p in record.get("prvDiaForcedSources") or []:
        rows.append(["forced", f64(p["midpointMjdTai"] + epoch), p["band"], None, None, None, 0, f32(p["psfFlux"]),
                     f32(p["psfFluxErr"])])
    for p in record.get("prvDiaSources") or []:
        rows.append(["previous", f64(p["midpointMjdTai"] + epoch), p["band"], None, None, None, sign(p["psfFlux"]),
                     f32(p["psfFlux"]), f32(p["psfFluxErr"])])
    rows.append(["candidate", alert["jd"], alert["band"], None, None, None, alert["isdiffpos"], f32(source["psfFlux"]),
                 f32(source["psfFluxErr"])])
    alert["rows"] = rows
    return alert


def frame_schema(folder, identifier):
    major, minor = divmod(identifier, 100)
    name = f"lsst.v{major}_{minor}.alert"
    for place in (f"{folder}/{major}/{minor}", f"{folder}/{major}_{minor}"):
        try:
            return fastavro.schema.load_schema(f"{place}/{name}.avsc")
        except (FileNotFoundError, fastavro.repository.SchemaRepositoryError):
            continue
    raise SystemExit(f"no schema for id {identifier}")


def records(path, folder):
    with open(path, "rb") as file:
        data = file.read()
    if data[:1] == b"\0":
        schema = frame_schema(folder, struct.unpack(">I", data[1:5])[0])
        yield fastavro.schemaless_reader(io.BytesIO(data[5:]), schema)
    else:
        yield from fastavro.reader(io.BytesIO(data))


def main():
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    files = alerts = values = bad = 0
    with open(sys.argv[1]) as lines:
        for path, group in groupby(map(json.loads, lines), key=lambda found: found["file"]):
            files += 1
            found_alerts = list(group)
            wanted_alerts = list(records(path, folder))
            if len(found_alerts) != len(wanted_alerts):
                bad += 1
                print(f"{path}: {len(found_alerts)} alerts, fastavro reads {len(wanted_alerts)}")
            for found, record in zip(found_alerts, wanted_alerts):
                wanted = ztf(record) if "candidate" in record else lsst(record)
                found.pop("file")
                alerts += 1
                values += len(wanted) - 1 + 9 * len(wanted["rows"])
                if found != wanted:
                    bad += 1
                    names = [name for name in wanted if found.get(name) != wanted[name]]
                    print(f"{path}: candid {wanted['candid']} differs in {names}")
                    if bad < 4:
                        for name in names:
                            print("  found ", str(found.get(name))[:600], "\n  wanted", str(wanted[name])[:600])
    print(f"{files} files, {alerts} alerts, {values} values compared, {bad} differences")
    sys.exit(1 if bad or not alerts else 0)


if __name__ == "__main__":
    main()
