"""The doctor's look at PostgreSQL: durability, roles, migrations, clocks, and who is at work."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from services.core.audit.queries import UNSEALED_TOO_LONG
from services.core.calendar import published
from services.core.kit import jobs
from services.core.kit.clock import machine_now
from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import postgres
from services.standalone.checkup.findings import Finding, broken, weak, well
from services.standalone.checkup.watch import watch
from services.standalone.supervisor import ROOT

_OLDEST_VERSION = 150000
"""PostgreSQL 15, in the server's own numbering."""
_SKEW_LIMIT = timedelta(seconds=2)
"""Deadlines use PostgreSQL's clock; receivers of webhooks compare ours, within minutes."""
_NOTICE_MONTH = 11
"""The State Council publishes next year's holidays around November."""
_RECURRING = ("relay", "watch")

_SERVER = Words("PostgreSQL", "PostgreSQL")
_DURABLE = Words("写入持久性", "durability")
_ROLE = Words("数据库角色", "database role")
_TABLES = Words("数据表版本", "migrations")
_CLOCK = Words("时钟", "clock")
_CALENDAR = Words("节假日", "holidays")
_AUDIT = Words("审计链", "audit chain")

_OWNS = """
SELECT current_user,
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)
"""
_UNSEALED = """
SELECT count(*), coalesce(max(house_now() - e.at), INTERVAL '0'), (SELECT seq FROM audit_head)
FROM audit_pending p LEFT JOIN audit_entry e ON e.id = p.entry_id
"""
_AGES = "SELECT name, clock_timestamp() - at, coalesce(every, INTERVAL '0') FROM heartbeat"


def expected_head() -> str | None:
    """Give the newest migration this code knows."""
    return ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()


def database(chosen: Settings) -> Iterator[Finding]:
    """Check PostgreSQL; one finding if it does not answer."""
    address = postgres.plain(chosen.database_url)
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            yield _version(connection)
            yield _durability(connection)
            yield _clock(connection)
            yield _role(connection)
            head = _head(connection)
            yield head
            if head.remedy is None:
                yield from _at_work(connection, chosen)
                yield _sealed(connection)
                yield from watch()
                yield _holidays(connection)
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
        yield broken(
            _SERVER,
            Words(f"没有响应：{said}", f"does not answer: {said}"),
            Words(
                "启动它，或检查 TUANZU_DATABASE_URL。", "Start it, or check TUANZU_DATABASE_URL."
            ),
        )


def _version(connection: psycopg.Connection) -> Finding:
    number = connection.info.server_version
    if number < _OLDEST_VERSION:
        return broken(
            _SERVER,
            Words(f"版本过旧（{number}）", f"too old ({number})"),
            Words("请使用 15 或更新版本。", "Use 15 or newer."),
        )
    return well(_SERVER, f"{number // 10000}.{number % 10000}")


def _durability(connection: psycopg.Connection) -> Finding:
    lax = postgres.lax_settings(connection)
    if lax:
        named = ", ".join(f"{name}={value}" for name, value in sorted(lax.items()))
        return broken(
            _DURABLE,
            Words(f"{named}：已确认的写入可能丢失", f"{named}: acknowledged writes can be lost"),
            Words("在 postgresql.conf 中改为 on。", "Turn it on in postgresql.conf."),
        )
    return well(_DURABLE, ", ".join(f"{name}=on" for name in postgres.DURABLE))


def _clock(connection: psycopg.Connection) -> Finding:
    before = machine_now()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    after = machine_now()
    theirs = row[0] if row else before
    skew = theirs - (before + (after - before) / 2)
    if abs(skew) > _SKEW_LIMIT:
        seconds = f"{skew.total_seconds():+.1f} s"
        return weak(
            _CLOCK,
            Words(f"PostgreSQL 与本机相差 {seconds}", f"PostgreSQL is {seconds} off this machine"),
            Words("让两台机器都与 NTP 同步。", "Let NTP set both machines."),
        )
    return well(_CLOCK, f"{skew.total_seconds() * 1000:+.0f} ms")


def _role(connection: psycopg.Connection) -> Finding:
    name, mighty, owns = connection.execute(_OWNS).fetchone() or ("", False, False)
    if mighty or owns:
        return weak(
            _ROLE,
            Words(f"{name} 拥有数据表或超级权限", f"{name} owns the tables or is a superuser"),
            Words(
                "用 TUANZU_MIGRATION_URL 给出所有者，TUANZU_DATABASE_URL 使用普通角色。",
                "Give the owner as TUANZU_MIGRATION_URL, and a plain role as TUANZU_DATABASE_URL.",
            ),
        )
    return well(_ROLE, str(name))


def _head(connection: psycopg.Connection) -> Finding:
    expected = expected_head()
    if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        at = None
    else:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        at = row[0] if row else None
    if at != expected:
        return broken(
            _TABLES,
            Words(f"当前 {at}，应为 {expected}", f"at {at}, not {expected}"),
            Words("执行 tuanzu migrate。", "Run: tuanzu migrate"),
        )
    return well(_TABLES, str(at))


def _at_work(connection: psycopg.Connection, chosen: Settings) -> Iterator[Finding]:
    """Report every part that leaves heartbeats, and those that must and have left none."""
    rows = connection.execute(_AGES).fetchall()
    seen_at: dict[str, tuple[timedelta, timedelta]] = {
        name: (age, every) for name, age, every in rows
    }
    for name in dict.fromkeys((*_RECURRING, *sorted(seen_at))):
        part = Words(f"心跳 {name}", f"heartbeat {name}")
        age, every = seen_at.get(name, (None, timedelta(0)))
        if age is not None and age <= max(chosen.heartbeat_stale, jobs.STALE * every):
            yield well(part, f"{age.total_seconds():.0f} s")
            continue
        seen = "—" if age is None else f"{age.total_seconds():.0f} s"
        who = ("relay", "relay") if name == "relay" else ("worker 和 beat", "worker and beat")
        yield broken(
            part,
            Words(f"上次出现：{seen}", f"last seen: {seen}"),
            Words(
                f"检查 {who[0]} 是否在运行及其日志。", f"See whether {who[1]} run, and their logs."
            ),
        )


def _sealed(connection: psycopg.Connection) -> Finding:
    """Every line is sealed within a moment; whether the seals are whole, `audit verify` says."""
    row = connection.execute(_UNSEALED).fetchone()
    waiting, waited, sealed = row or (0, timedelta(0), 0)
    if waited > UNSEALED_TOO_LONG:
        return broken(
            _AUDIT,
            Words(f"{waiting} 条记录未封签", f"{waiting} lines are not sealed"),
            Words(
                "检查 relay 的日志；再执行 tuanzu audit verify。",
                "See the relay's log; then run tuanzu audit verify.",
            ),
        )
    return well(_AUDIT, str(sealed))


def _holidays(connection: psycopg.Connection) -> Finding:
    """From November on next year's notice should be in: the published base or our own table."""
    row = connection.execute(
        "SELECT (house_now() AT TIME ZONE 'Asia/Shanghai')::date, EXISTS (SELECT FROM calendar_day "
        "WHERE region_code = '' AND notice_year = "
        "date_part('year', house_now() AT TIME ZONE 'Asia/Shanghai') + 1)"
    ).fetchone()
    today, imported = row or (machine_now().date(), False)
    year = today.year + 1
    if imported or published.is_published(year):
        return well(_CALENDAR, str(year))
    if today.month < _NOTICE_MONTH:
        return well(_CALENDAR, str(today.year))
    return weak(
        _CALENDAR,
        Words(f"{year} 年放假安排尚未录入，暂按推定日历", f"{year} is assumed, not announced"),
        Words(
            f"国务院办公厅发布后，执行 tuanzu calendar import 录入 {year} 年通知。",
            f"Once the State Council's notice is out: tuanzu calendar import FILE --year {year}.",
        ),
    )
