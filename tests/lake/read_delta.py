"""Reads a Delta table by delta-rs (DataFusion) and by Polars, whole and filtered, and prints the rows as JSON."""

import datetime
import decimal
import json
import sys

import polars as pl
from deltalake import DeltaTable, QueryBuilder

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    if isinstance(value, datetime.datetime):
        return str((value - EPOCH) // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def rows(frame):
    return [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


folder, where = sys.argv[1], sys.argv[2]
table = DeltaTable(folder)
# A record batch stream becomes one column of structs.
query = lambda sql: pl.from_arrow(QueryBuilder().register("t", table).execute(sql)).struct.unnest()
lazy = pl.scan_delta(folder)
print(json.dumps({
    "version": table.version(),
    "columns": [f.name for f in table.schema().fields],
    "delta-rs": rows(query("select * from t order by id")),
    "delta-rs filtered": rows(query(f"select * from t where {where} order by id")),
    "polars": rows(lazy.sort("id").collect()),
    "polars filtered": rows(lazy.filter(pl.sql_expr(where)).sort("id").collect()),
}))
