/** The Python packages of the stand-in; the connector's version 5 cannot be imported by fakesnow. */
export const STAND_IN_VERSION = '0.12.1';
export const STAND_IN_PACKAGES = [`fakesnow[server]==${STAND_IN_VERSION}`, 'snowflake-connector-python<5'];

/**
 * fakesnow answers like Snowflake, but not so that Snowflake's Node client understands it. This program puts that right,
 * and adds what the adapter leans on: key pairs, locks that are held until the transaction ends, transactions of silent
 * clients given up, DDL that commits, repeated requests executed once, MERGE that refuses two rows for one.
 */
export const STAND_IN_PYTHON = String.raw`"""Speaks enough of Snowflake's protocol for its Node client, over fakesnow. For development and tests only.

Arguments: port, folder for stages and databases, file with the public key of the one user, 'keep' or 'memory',
seconds after which a transaction whose client is silent is given up when it is in somebody's way.
"""
import asyncio, base64, datetime, hashlib, json, os, re, sys, time, uuid

PORT, FOLDER, PUBLIC_KEY, KEEP, GIVE_UP = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], float(sys.argv[5])
USER, ROLE, WAREHOUSE, DATABASE = "STRATA", "STRATA_LOADER", "STRATA_WH", "ANALYTICS"

import duckdb, jwt, sqlglot, uvicorn
import fakesnow.server as server
from cryptography.hazmat.primitives import serialization
from fakesnow import info_schema, transforms
from fakesnow.instance import FakeSnow
from fakesnow.transforms import stage
from sqlglot import exp
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

# fakesnow sums decimals as floating point, and keeps no comments of views.
transforms.numeric_agg_implicit_cast = lambda expression: expression
views = info_schema.SQL_CREATE_INFORMATION_SCHEMA_VIEWS_VIEW
views.template = views.template.replace("null::VARCHAR as COMMENT", "comment as COMMENT")
os.makedirs(os.path.join(FOLDER, "stages"), exist_ok=True)
stage.LOCAL_BUCKET_PATH = os.path.join(os.path.realpath(FOLDER), "stages")
if KEEP == "keep":
    server.shared_fs = FakeSnow(db_path=FOLDER)


def refused(code, message, status=200, state="XX000"):
    data = {"errorCode": code, "sqlState": state}
    return JSONResponse({"data": data, "code": code, "message": message, "success": False}, status_code=status)


# ---- login: key pairs as the real one checks them -------------------------------------------------------------------
public_key = serialization.load_pem_public_key(open(PUBLIC_KEY, "rb").read())
der = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
FINGERPRINT = "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()


PARAMETERS = {
    "TIMEZONE": "UTC", "BINARY_OUTPUT_FORMAT": "HEX", "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3", "TIMESTAMP_TZ_OUTPUT_FORMAT": "", "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
}


async def login(request):
    data = json.loads(await request.body())["data"]
    try:
        account = data["ACCOUNT_NAME"].upper()
        assert data["AUTHENTICATOR"] == "SNOWFLAKE_JWT" and data["LOGIN_NAME"].upper() == USER
        claims = jwt.decode(data["TOKEN"], public_key, algorithms=["RS256"], options={"verify_iat": False})
        assert claims["iss"] == f"{account}.{USER}.{FINGERPRINT}" and claims["sub"] == f"{account}.{USER}"
    except Exception:
        return refused("390144", "JWT token is invalid.")
    role = (request.query_params.get("roleName") or ROLE).strip('"').upper()
    if role != ROLE:
        message = f"Role '{role}' specified in the connect string does not exist or not authorized."
        return refused("390189", message)
    body = json.loads((await server.login_request(request)).body)
    session = Session(server.sessions[body["data"]["token"]])
    sessions[body["data"]["token"]] = session
    wanted = (request.query_params.get("warehouse") or "").strip('"').upper()
    session.warehouse = WAREHOUSE if wanted == WAREHOUSE else None
    run = session.connection._duck_conn.execute
    run("CREATE OR REPLACE TEMP MACRO hex_number(digits) AS ('0x' || digits)::BIGINT")
    body["code"] = None
    body["data"]["parameters"] += [{"name": name, "value": value} for name, value in PARAMETERS.items()]
    body["data"]["masterToken"] = body["data"]["token"]
    body["data"]["sessionInfo"].update({"roleName": role, "warehouseName": session.warehouse})
    return JSONResponse(body)


# ---- sessions and locks: UPDATE, DELETE and MERGE hold their table until the transaction ends ----------------------
class Session:
    def __init__(self, connection):
        self.connection, self.turn = connection, asyncio.Lock()
        self.autocommit = True
        self.open, self.busy, self.last, self.warehouse = False, False, time.monotonic(), None
        self.cancelled = False

    def end(self):
        self.open = False
        for table in [name for name, holder in locks.items() if holder is self]:
            del locks[table]

    def roll_back(self):
        try:
            self.connection._duck_conn.rollback()
        except duckdb.Error:
            pass  # there was none
        self.end()


sessions, locks, answers = {}, {}, {}
NAME = r'((?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+))*)'
TEXT = r"('(?:[^']|'')*')"
WRITES = re.compile(r"\s*(?:UPDATE|DELETE\s+FROM|MERGE\s+INTO)\s+" + NAME, re.I)
DDL = re.compile(r"\s*(CREATE|ALTER|DROP|COMMENT|TRUNCATE)\b", re.I)


async def take_lock(session, table):
    asked = time.monotonic()
    session.cancelled = False
    while (holder := locks.get(table)) not in (None, session):
        if not holder.busy and time.monotonic() - holder.last > GIVE_UP:
            holder.roll_back()
        elif session.cancelled:
            return refused("000604", "SQL execution canceled", state="57014")
        elif time.monotonic() - asked > 60:
            return refused("000625", f"Statement could not get the lock of table {table} in time.", state="57014")
        else:
            await asyncio.sleep(0.02)
    locks[table] = session
    return None


async def own_statement(session, sql):
    """What fakesnow lacks or does otherwise than Snowflake."""
    run = session.connection._duck_conn.execute
    if re.match(r"\s*SELECT CURRENT_DATABASE\(\) AS D, CURRENT_WAREHOUSE\(\) AS W\s*$", sql, re.I):
        known = DATABASE if session.connection.database == DATABASE else None
        return rows_of({"D": "text", "W": "text"}, [[known, session.warehouse]])
    if re.match(r"\s*ALTER\s+SESSION\s+SET\b", sql, re.I):
        if autocommit := re.search(r"AUTOCOMMIT = (TRUE|FALSE)", sql, re.I):
            session.autocommit = autocommit[1].upper() == "TRUE"
        return DONE()
    if re.match(r"\s*MERGE\b", sql, re.I):
        if await run_in_threadpool(duplicates, session, sql):
            return refused("100090", "Duplicate row detected during DML action", state="42P18")
        actions = await run_in_threadpool(lambda: run(f"{sql} RETURNING merge_action").fetchall())
        counts = [sum(action == (kind,) for action in actions) for kind in ("INSERT", "UPDATE")]
        names = ["number of rows inserted", "number of rows updated"]
        return rows_of({name: "fixed" for name in names}, [[str(count) for count in counts]], type_id=0x3400)
    if comment := re.match(r"\s*COMMENT ON (TABLE|VIEW) " + NAME + r" IS " + TEXT + r"\s*$", sql, re.I):
        text = comment[3].replace("\\\\", "\\")
        run(f"COMMENT ON {comment[1]} {comment[2]} IS {text}")
        run(info_schema.insert_table_comment_sql(*parts(comment[2]), text[1:-1]))
        return DONE()
    if altered := re.match(r"\s*ALTER TABLE " + NAME + r" ALTER (COLUMN .+? COMMENT .*)$", sql, re.I | re.S):
        for column, text in re.findall(r'COLUMN ("[^"]+") COMMENT ' + TEXT, altered[2]):
            text = text.replace("\\\\", "\\")
            run(f"COMMENT ON COLUMN {altered[1]}.{column} IS {text}")
        return DONE()
    if files := re.match(r"\s*(LIST|REMOVE) @" + NAME + r"/?(\S*)", sql, re.I):
        folder = os.path.join(stage.LOCAL_BUCKET_PATH, *re.findall(r"[^\".]+", files[2]))
        found = [os.path.relpath(os.path.join(at, f), folder) for at, _, fs in os.walk(folder) for f in fs]
        found = sorted(f for f in found if f.startswith(files[3]))
        if files[1].upper() == "REMOVE":
            for name in found:
                os.remove(os.path.join(folder, name))
        label = os.path.basename(folder).lower()
        return rows_of({"name": "text"}, [[f"{label}/{name}"] for name in found])
    return None


def parts(name):
    return [part.strip('"') for part in re.findall(r'"[^"]+"|\w+', name)]


def comment_on_view(run, name, columns, text):
    told = [(f"VIEW {name}", text)] if text else []
    told += [(f"COLUMN {name}.{column}", about) for column, about in re.findall(r'("[^"]+") COMMENT ' + TEXT, columns)]
    for what, about in told:
        about = about.replace("\\\\", "\\")
        run(f"COMMENT ON {what} IS {about}")


def duplicates(session, sql):
    """The real one refuses a MERGE in which several source rows match one row of the table."""
    merge = sqlglot.parse_one(sql, read="snowflake")
    target, using, on = merge.this, merge.args["using"], merge.args["on"]
    query = exp.select("1").from_(target.copy()).join(using.copy(), on=on.copy())
    text = query.sql(dialect="duckdb") + f" GROUP BY {target.alias_or_name}.rowid HAVING count(*) > 1 LIMIT 1"
    return session.connection._duck_conn.execute(text).fetchall() != []


# ---- statements ----------------------------------------------------------------------------------------------------
# Filled at the end of one request and emptied before another can go on.
captured = {}
to_sf = server.to_sf
server.to_sf = lambda table, rowtype: captured.update(result=(table, rowtype)) or to_sf(table, rowtype)
server.gcs_stage_info = lambda request, expression, put: put["stageInfo"]
server.logger.error = lambda message, exc_info=None: captured.update(error=exc_info)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def as_text(value, kind):
    """Values as Snowflake's JSON rows have them."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime):
        since = value.replace(tzinfo=value.tzinfo or datetime.timezone.utc) - EPOCH
        text = f"{since.days * 86400 + since.seconds}.{since.microseconds * 1000:09d}"
        return text + (" 1440" if kind == "timestamp_tz" else "")
    if isinstance(value, datetime.date):
        return str((value - EPOCH.date()).days)
    if isinstance(value, datetime.time):
        return f"{value.hour * 3600 + value.minute * 60 + value.second}.{value.microsecond * 1000:09d}"
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    if isinstance(value, (list, dict)):
        return json.dumps(value, default=str)
    return str(value)


async def query(request):
    token = server.to_token(request) if request.headers.get("Authorization") else ""
    session = sessions.get(token)
    if session is None:
        return refused("390104", "User must login again to access the service.")
    # The client sends a statement again when it got no answer; it must not be executed twice.
    key = request.query_params.get("requestId")
    if key not in answers:
        answers[key] = asyncio.ensure_future(execute(request, session))
        if len(answers) > 1000:
            del answers[next(iter(answers))]
    status, body = await asyncio.shield(answers[key])
    return JSONResponse(body, status_code=status)


async def execute(request, session):
    sql = json.loads(await request.body())["sqlText"]
    async with session.turn:
        session.busy = True
        try:
            response = await perform(request, session, sql)
        except Exception as error:
            # An answer of 500 would be tried again for minutes.
            response = refused("261000", f"stand-in: {type(error).__name__} {error}")
        finally:
            session.busy, session.last = False, time.monotonic()
    return response.status_code, json.loads(response.body)


async def perform(request, session, sql):
    if DDL.match(sql) and session.open:
        session.connection._duck_conn.commit()
        session.end()
    if re.match(r"\s*(COPY|MERGE|UPDATE|DELETE|INSERT)\b", sql, re.I) and session.warehouse is None:
        return refused("000606", "No active warehouse selected in the current session.", state="57P03")
    written, view = WRITES.match(sql), None
    if written and (not_given := await take_lock(session, written[1].upper())):
        return not_given
    if not session.autocommit and not session.open and re.match(r"\s*(COPY|MERGE|UPDATE|DELETE|INSERT)\b", sql, re.I):
        session.connection._duck_conn.begin()
        session.open = True
    try:
        response = await own_statement(session, sql)
        if response is None:
            if explained := re.match(r"\s*EXPLAIN\s+(.*)$", sql, re.I | re.S):
                request._body = json.dumps({"sqlText": f"SELECT * FROM ({explained[1]}\n) LIMIT 0"}).encode()
            view = re.match(r"\s*CREATE OR REPLACE VIEW " + NAME + r"(?: \((.*?)\))? COPY GRANTS(?: COMMENT = " + TEXT + r")? AS (.*)$", sql, re.I | re.S)
            if view:
                # fakesnow stumbles over quotes in comments.
                columns = f" ({re.sub(' COMMENT ' + TEXT, '', view[2])})" if view[2] else ""
                sql = f"CREATE OR REPLACE VIEW {view[1]}{columns} AS {view[4]}"
                request._body = json.dumps({**json.loads(await request.body()), "sqlText": sql}).encode()
            translated = re.sub(r"TO_NUMBER\((SUBSTR\(MD5\(.*?\), 1, 8\)), 'XXXXXXXX'\)", r"HEX_NUMBER(\1)", sql)
            if translated != sql:
                request._body = json.dumps({**json.loads(await request.body()), "sqlText": translated}).encode()
            response = await asked(request, bool(DDL.match(sql)))
            if re.match(r"\s*SHOW COLUMNS\b", sql, re.I):
                # DuckDB has one type of moment; tables here have it as Snowflake's local one.
                response = JSONResponse(json.loads(response.body.replace(b"TIMESTAMP_TZ", b"TIMESTAMP_LTZ")))
    finally:
        if written and not session.open:
            session.end()
    if json.loads(response.body)["success"]:
        if view:
            comment_on_view(session.connection._duck_conn.execute, view[1], view[2] or "", view[3])
        if re.match(r"\s*BEGIN\b", sql, re.I):
            session.open = True
        elif re.match(r"\s*(COMMIT|ROLLBACK)\b", sql, re.I):
            session.end()
    return response


async def asked(request, ddl):
    """Two sessions that change the catalog at once get an error from DuckDB; Snowflake lets them wait."""
    for _ in range(40):
        response = await server.query_request(request)
        if response.status_code != 500 or not ddl or not re.search("conflict|duplicate key", str(captured.get("error")), re.I):
            break
        await asyncio.sleep(0.05)
    return readable(response, json.loads(await request.body()).get("parameters", {}).get("ROWS_PER_RESULTSET", 0))


def readable(response, most_rows):
    """fakesnow answers in Arrow, which the Node client does not read, and leaves out what it looks at."""
    body = json.loads(response.body)
    if not body["success"]:
        # 500 would be tried again for minutes.
        reason = captured.pop("error", None)
        message = f"stand-in: {reason}" if reason else str(body.get("message"))
        return refused(str(body.get("code") or "261000"), message, state=(body.get("data") or {}).get("sqlState") or "XX000")
    data = body["data"]
    body["code"] = None
    data["parameters"] = [{"name": name, "value": value} for name, value in PARAMETERS.items()]
    if data.get("queryResultFormat") == "arrow":
        rows = []
        if result := captured.pop("result", None):
            table, types = result
            columns = [[as_text(v, kind["type"]) for v in c.to_pylist()] for c, kind in zip(table.columns, types)]
            rows = [list(row) for row in zip(*columns)][: most_rows or None]
        data.update(queryResultFormat="json", rowset=rows)
        data.pop("rowsetBase64", None)
    if "rowset" in data:
        data["returned"] = data["total"] = len(data["rowset"])
    return JSONResponse(body)


def DONE():
    return rows_of({"status": "text"}, [["Statement executed successfully."]])


def rows_of(columns, rows, type_id=None):
    common = {"nullable": True, "length": None, "byteLength": None, "scale": 0, "precision": 38}
    rowtype = [{"name": name, "type": kind, **common} for name, kind in columns.items()]
    counts = {"returned": len(rows), "total": len(rows), "queryResultFormat": "json"}
    kind = {} if type_id is None else {"statementTypeId": type_id}
    data = {"rowtype": rowtype, "rowset": rows, "queryId": str(uuid.uuid4()), "parameters": [], **counts, **kind}
    return JSONResponse({"data": data, "code": None, "success": True})


async def session_request(request):
    session = sessions.get(server.to_token(request))
    if session and request.query_params.get("delete"):
        session.roll_back()
        del sessions[server.to_token(request)]
    return await server.session(request)


async def abort(request):
    session = sessions.get(server.to_token(request))
    if session and session.busy:
        session.cancelled = True
        session.connection._duck_conn.interrupt()
    return JSONResponse({"success": True, "code": None, "data": None})


OURS = {
    "/session/v1/login-request": login,
    "/session": session_request,
    "/queries/v1/query-request": query,
    "/queries/v1/abort-request": abort,
}
routes = server.app.router.routes
routes[:] = [Route(path, answer, methods=["POST"]) for path, answer in OURS.items()] + [r for r in routes if r.path not in OURS]
server.app.debug = False
uvicorn.run(server.app, host="127.0.0.1", port=PORT, log_level="warning")
`;
