"""Reads Delta tables by delta-rs (DataFusion) and by Polars; prints of each the number of rows and a checksum of their text."""

import datetime
import decimal
import hashlib
import json
import sys

import polars as pl
from deltalake import DeltaTable, QueryBuilder


def text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        # strftime writes the year 1, where histories open, as it likes; isoformat always has four digits.
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise TypeError(f"no text for {type(value)}")


def checksum(frame):
    lines = []
    for row in frame.iter_rows(named=True):
        line = json.dumps(sorted([name, text(value)] for name, value in row.items()), ensure_ascii=False, separators=(",", ":"))
        lines.append(hashlib.sha256(line.encode()).hexdigest())
    return {"rows": len(lines), "digest": hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()}


def by_delta_rs(uri, storage):
    batches = QueryBuilder().register("t", DeltaTable(uri, storage_options=storage)).execute("select * from t")
    # A record batch stream becomes one column of structs.
    frame = pl.from_arrow(batches)
    return checksum(frame.struct.unnest() if isinstance(frame, pl.Series) else frame)


def by_polars(uri, storage):
    return checksum(pl.read_delta(uri, storage_options=storage))


question = json.load(sys.stdin)
storage = question.get("storage")
print(json.dumps({
    name: {"deltaRs": by_delta_rs(uri, storage), "polars": by_polars(uri, storage)}
    for name, uri in question["tables"].items()
}))
