#!/usr/bin/env python3
"""Compares canonical forms and fingerprints with fastavro's.

usage: compare_schemas.py dump.jsonl

Each line of the dump: {"path": schema file, "canonical": text, "fingerprint": 16 hexadecimal digits}. A type that a
schema refers to is read from the file beside it. Exits 0 when every line agrees.
"""
import json
import os
import sys

import fastavro.schema as avro


def load(path):
    """The schema of a file, with what it refers to: parsed with the files beside it as a repository."""
    try:
        with open(path) as file:
            return avro.parse_schema(json.load(file))
    except avro.UnknownType:
        return avro.load_schema(path)


def main():
    wrong = 0
    count = 0
    for line in open(sys.argv[1]):
        entry = json.loads(line)
        canonical = avro.to_parsing_canonical_form(load(entry["path"]))
        fingerprint = avro.fingerprint(canonical, "CRC-64-AVRO")
        count += 1
        if canonical != entry["canonical"] or fingerprint != entry["fingerprint"]:
            wrong += 1
            print(f"{os.path.basename(entry['path'])}: {fingerprint} and {entry['fingerprint']}")
            for index, (ours, theirs) in enumerate(zip(entry["canonical"], canonical)):
                if ours != theirs:
                    print(f"  ours    {entry['canonical'][max(0, index - 60):index + 60]}")
                    print(f"  fastavro {canonical[max(0, index - 60):index + 60]}")
                    break
    print(f"{count} schemas, {wrong} differ")
    return 1 if wrong or not count else 0


sys.exit(main())
