"""Answers requests with the deltalake package: a JSON list in, a JSON list out. For tests only."""

import datetime
import decimal
import json
import sys

from arro3.core import Array, DataType, Table
from deltalake import DeltaTable, QueryBuilder, write_deltalake


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value


def read(path, version=None, order="id"):
    table = DeltaTable(path, version=version)
    result = QueryBuilder().register("t", table).execute(f"SELECT * FROM t ORDER BY {order}").read_all()
    columns = {name: [plain(item) for item in result.column(name).to_pylist()] for name in result.column_names}
    names = list(columns)
    return {"version": table.version(), "rows": [dict(zip(names, row)) for row in zip(*columns.values())]}


def append(path, ids, texts, partition_by=None, configuration=None):
    rows = {"id": Array(ids, DataType.int64()), "s": Array(texts, DataType.string())}
    write_deltalake(
        path, Table.from_pydict(rows), mode="append", partition_by=partition_by, configuration=configuration
    )
    return DeltaTable(path).version()


def checkpoint(path):
    DeltaTable(path).create_checkpoint()


def history(path):
    return len(DeltaTable(path).history())


ACTIONS = {"read": read, "append": append, "checkpoint": checkpoint, "history": history}
print(json.dumps([ACTIONS[request.pop("do")](**request) for request in json.load(sys.stdin)]))
