"""The doctor's look at Redis or Valkey: reachable, forgetting nothing, and level with the log."""

from collections.abc import Iterator

import psycopg
import redis

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import postgres
from services.standalone.checkup.findings import Finding, broken, weak, well

_LAG_LIMIT = 1000
"""Two of the relay's batches: below this it is merely at work."""

_SERVER = Words("Redis", "Redis")
_MEMORY = Words("Redis 淘汰策略", "Redis eviction")
_STREAM = Words("事件流", "event stream")


def accelerator(chosen: Settings) -> Iterator[Finding]:
    """Check Redis; one finding if it does not answer."""
    try:
        with redis.Redis.from_url(
            chosen.redis_url, socket_connect_timeout=3, socket_timeout=5, decode_responses=True
        ) as client:
            about = client.info("server")
            yield well(_SERVER, str(about.get("valkey_version") or about.get("redis_version")))
            yield _eviction(client)
            yield _lag(client, chosen)
    except (redis.RedisError, ValueError) as error:
        yield broken(
            _SERVER,
            Words(f"没有响应：{error}", f"does not answer: {error}"),
            Words("启动它，或检查 TUANZU_REDIS_URL。", "Start it, or check TUANZU_REDIS_URL."),
        )


def _eviction(client: redis.Redis) -> Finding:
    policy = str(client.info("memory").get("maxmemory_policy"))
    if policy != "noeviction":
        return weak(
            _MEMORY,
            Words(f"{policy}：内存不足时会丢弃任务", f"{policy}: under pressure it drops tasks"),
            Words("设置 maxmemory-policy noeviction。", "Set maxmemory-policy noeviction."),
        )
    return well(_MEMORY, policy)


def _lag(client: redis.Redis, chosen: Settings) -> Finding:
    """Compare the stream's last number with the log's; a stream ahead belongs to other data."""
    logged, copied = _logged(chosen), _copied(client, chosen.stream_name)
    found = Words(f"{copied} / {logged}", f"at {copied} of {logged}")
    if copied > logged:
        return broken(
            _STREAM,
            found,
            Words(
                f"该 Redis 存有其他数据库的事件流；请删除键 {chosen.stream_name}。",
                f"This Redis holds another database's stream: delete the key {chosen.stream_name}.",
            ),
        )
    if logged - copied > _LAG_LIMIT:
        return weak(
            _STREAM,
            found,
            Words("检查 relay 的日志。", "See the relay's log; it catches up itself."),
        )
    return well(_STREAM, found.en)


def _logged(chosen: Settings) -> int:
    try:
        with psycopg.connect(postgres.plain(chosen.database_url), connect_timeout=5) as connection:
            row = connection.execute("SELECT max(seq) FROM feed_head").fetchone()
    except psycopg.Error:  # the look at the database says so itself
        return 0
    return int(row[0] or 0) if row else 0


def _copied(client: redis.Redis, stream: str) -> int:
    if not client.exists(stream):
        return 0
    return int(str(client.xinfo_stream(stream)["last-generated-id"]).partition("-")[0])
