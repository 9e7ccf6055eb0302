"""Every knob of the service, with its unit and the reason for its default."""

from datetime import time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")]
"""A scheme and a host, as a browser writes it; `*` is none."""


class Settings(BaseSettings):
    """What an operator may turn; read from `TUANZU_*` once, at a door."""

    model_config = SettingsConfigDict(env_prefix="TUANZU_", extra="ignore", frozen=True)

    home: Path = Field(default=Path(".tuanzu"), description="Data folder of the one-machine run.")
    host: str = Field(
        default="127.0.0.1",
        description="Address the api listens on; loopback: a trial is never open to a network.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port the api listens on.")
    demo: bool = Field(default=True, description="Load the Jingning records on first start.")
    database_url: str = Field(
        default="",
        description="A PostgreSQL that already runs (postgresql+psycopg://…); empty: embedded.",
    )
    migration_url: str = Field(
        default="",
        description="The same database as the role that owns the tables; empty: database_url "
        "migrates too (a trial), otherwise only `tuanzu migrate` gets it.",
    )
    redis_url: str = Field(
        default="", description="A Redis or Valkey that already runs (redis://…); empty: embedded."
    )
    public_url: str = Field(
        default="",
        description="Address clients see, used in links and as the CloudEvents source; "
        "empty: http://host:port.",
    )
    cors_origins: tuple[Origin, ...] = Field(
        default=(),
        description="Origins (https://host) whose pages a browser lets call the api, cookies "
        "included; none: only pages of its own.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses or ranges of the proxies in front, whose X-Forwarded-For and "
        "-Proto are believed; none: anybody could forge them, so nobody's are.",
    )
    secret_key: str = Field(
        default="",
        repr=False,
        description="Base64 of 32 bytes: encrypts secrets at rest and signs cursors. Former keys, "
        "which still open what they sealed, may follow after a space.",
    )
    secret_key_file: Path | None = Field(
        default=None, description="A file that holds the secret key, instead of the variable."
    )

    api_threads: int = Field(
        default=8, ge=1, description="Threads that serve requests, each with its own connection."
    )
    statement_timeout: timedelta = Field(
        default=timedelta(seconds=5), description="A request's SQL is cut after this long."
    )
    requests_per_minute: int = Field(
        default=600,
        ge=1,
        description="Requests an account may make in a minute; a phone needs about 20 to start, "
        "an integrator that reads pages of 200 gets 120,000 records.",
    )
    anonymous_requests_per_minute: int = Field(
        default=120,
        ge=1,
        description="Requests a network address may make in a minute without a good token; an "
        "office behind one address logs in within it, and its good tokens are not counted.",
    )
    body_limit_bytes: int = Field(default=1_048_576, ge=1024, description="Largest request body.")
    idempotency_window: timedelta = Field(
        default=timedelta(hours=96),
        description="How long a POST's result is kept: a phone's queue may be three days old, and "
        "what creates a record has no If-Match to protect it.",
    )

    evidence_folder: Path | None = Field(
        default=None,
        description="Folder of photos and files; every api and worker needs it. Empty: `evidence` "
        "in the data folder.",
    )
    evidence_limit_bytes: int = Field(
        default=20_971_520,
        ge=1024,
        description="Longest photo or file: 20 MiB, a phone's best photo and a scanned permit.",
    )
    evidence_upload_within: timedelta = Field(
        default=timedelta(hours=72),
        description="How long the parts of a file may take: a phone may be three days without a "
        "network. What is not whole by then is removed.",
    )
    evidence_s3_bucket: str = Field(
        default="",
        description="Bucket of an S3-compatible store for photos and files; empty: the folder.",
    )
    evidence_s3_endpoint: str = Field(
        default="", description="Address of that store (https://…); empty: Amazon's own."
    )
    evidence_s3_region: str = Field(
        default="us-east-1", description="Region of the bucket; most stores of one's own take any."
    )
    evidence_s3_access_key_id: str = Field(
        default="", repr=False, description="Key id for the bucket."
    )
    evidence_s3_secret_access_key: str = Field(
        default="", repr=False, description="Secret key for the bucket."
    )

    job_kept: timedelta = Field(
        default=timedelta(days=7),
        description="How long a finished job is kept with the results of its items.",
    )

    sweep_every: timedelta = Field(
        default=timedelta(seconds=5),
        description="How often beat asks workers to look: the longest a lost wake-up can cost.",
    )
    monitor_run_at: time = Field(
        default=time(9),
        description="When the watch gives its daily account, in Asia/Shanghai (HH:MM).",
    )
    monitor_run_grace: timedelta = Field(
        default=timedelta(minutes=15),
        ge=timedelta(minutes=1),
        description="What is not done so long after it was due is said to be late (MR-23).",
    )
    upkeep_every: timedelta = Field(
        default=timedelta(minutes=10), description="How often spent rows are removed."
    )
    claim_lease: timedelta = Field(
        default=timedelta(seconds=90),
        description="A claimed row comes back after this long if its worker died; longer than "
        "the task time limit, so that a living worker keeps its rows.",
    )
    claim_batch: int = Field(
        default=100, ge=1, description="Rows one worker claims at once (3.3 ms for 100)."
    )
    relay_poll: timedelta = Field(
        default=timedelta(milliseconds=200),
        description="The relay looks this often even if no notification reached it.",
    )
    relay_batch: int = Field(default=500, ge=1, description="Events stamped in one transaction.")
    relay_stale: timedelta = Field(
        default=timedelta(seconds=10),
        ge=timedelta(seconds=1),
        description="A leading relay whose session says nothing to PostgreSQL for this long hangs: "
        "a standby ends that session and leads.",
    )
    event_part: int = Field(
        default=1_000_000,
        ge=10,
        description="Events in one part of the log; whole parts are archived and dropped.",
    )
    event_keep: timedelta = Field(
        default=timedelta(days=90),
        description="Events stay in the database at least this long, then they are archived.",
    )
    event_archive: Path | None = Field(
        default=None,
        description="Folder the workers archive older events in; empty: none is ever dropped.",
    )
    stream_name: str = Field(default="tuanzu:feed", description="Key of the Redis stream.")
    stream_length: int = Field(
        default=100_000,
        ge=1000,
        description="Events kept in Redis (about 770 bytes each); PostgreSQL keeps them all.",
    )
    heartbeat_stale: timedelta = Field(
        default=timedelta(seconds=60),
        description="A part not seen for this long, or for three of its intervals if that is "
        "longer, is reported as degraded.",
    )
    park_after: int = Field(
        default=5,
        ge=1,
        description="A due row or a fact whose work fails this often is parked with its error, "
        "until somebody puts it back (`tuanzu queues`).",
    )

    smtp_host: str = Field(
        default="", description="Mail server; empty: the inbox is the only channel."
    )
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Port of the mail server.")
    smtp_from: str = Field(
        default="tuanzu@localhost", description="Sender address of reminders by e-mail."
    )
    smtp_username: str = Field(default="", description="Log-in at the mail server, if it asks.")
    smtp_password: str = Field(default="", repr=False, description="Password for that log-in.")
    smtp_starttls: bool = Field(default=False, description="Encrypt the connection by STARTTLS.")
    smtp_timeout: timedelta = Field(
        default=timedelta(seconds=15), description="A mail server that is silent longer has failed."
    )
    mail_retry_base: timedelta = Field(
        default=timedelta(minutes=1),
        description="Wait after the first failed e-mail, doubled each time.",
    )
    mail_retry_limit: int = Field(
        default=10, ge=1, description="Attempts before an e-mail is given up and shown as failed."
    )

    webhook_retry_schedule: tuple[timedelta, ...] = Field(
        default=(
            timedelta(seconds=5),
            timedelta(minutes=5),
            timedelta(minutes=30),
            timedelta(hours=2),
            timedelta(hours=5),
            timedelta(hours=10),
            timedelta(hours=10),
            timedelta(hours=24),
            timedelta(hours=24),
        ),
        description="Waits between attempts (Svix's schedule, then daily to about three days).",
    )
    webhook_timeout: timedelta = Field(
        default=timedelta(seconds=15), description="Whole time one attempt may take."
    )
    webhook_connect_timeout: timedelta = Field(
        default=timedelta(seconds=5), description="Time to connect, within the whole."
    )
    webhook_slots: int = Field(
        default=200, ge=1, description="Attempts one worker keeps in the air at once."
    )
    webhook_slots_per_endpoint: int = Field(
        default=64,
        ge=1,
        description="Of those, at most so many for one endpoint, and a third of what is free: "
        "slow ones cost others nothing.",
    )
    webhook_trip_after: int = Field(
        default=5,
        ge=1,
        description="After so many failures in a row an endpoint is left alone for a while, then "
        "one attempt shows whether it works again.",
    )
    webhook_quiet: timedelta = Field(
        default=timedelta(seconds=30),
        description="How long that while is at first; doubled each time that attempt fails.",
    )
    webhook_quiet_longest: timedelta = Field(
        default=timedelta(hours=1),
        description="How long it is at most, and the longest Retry-After that is honoured.",
    )
    webhook_slow_down: timedelta = Field(
        default=timedelta(seconds=60),
        description="After a 429 or a timeout an endpoint is sent nothing for at least this long.",
    )
    webhook_allow: tuple[str, ...] = Field(
        default=(),
        description="Address ranges (CIDR) the operator opens for receivers on private networks.",
    )
    webhook_allow_loopback: bool = Field(
        default=False, description="Lets a trial on this machine receive its own webhooks."
    )
    webhook_disable_after: timedelta = Field(
        default=timedelta(days=5),
        description="An endpoint that fails without one success for this long is disabled.",
    )
    webhook_secret_overlap: timedelta = Field(
        default=timedelta(hours=24),
        description="After a rotation both secrets sign for this long.",
    )

    audit_keep: timedelta = Field(
        default=timedelta(days=1096),
        ge=timedelta(days=180),
        description="Audit lines stay in the database this long (three years; the law asks for "
        "six months), then they are archived.",
    )
    audit_archive: Path | None = Field(
        default=None,
        description="Folder the workers archive older audit lines in; empty: none is ever dropped.",
    )
    token_life: timedelta = Field(
        default=timedelta(days=90), description="A bearer token expires after this long."
    )
    password_profile: Literal["asvs", "mlps3"] = Field(
        default="asvs",
        description="Whose password rules hold: `asvs` (12 characters, none that is known or "
        "guessed, no forced change) or `mlps3` (等保三级: 10, three classes, 90 days, the last 5).",
    )
    password_slots: int = Field(
        default=4,
        ge=1,
        description="Passwords one api process checks at once, at 64 MiB each.",
    )
    second_factor_roles: tuple[str, ...] = Field(
        default=("system_admin", "security_admin", "audit_admin"),
        description="Roles that need a second factor to sign in with a password.",
    )
    session_limit: int = Field(
        default=10, ge=1, description="Sessions one account has at once; the oldest gives way."
    )
    session_idle: timedelta = Field(
        default=timedelta(minutes=30),
        description="A browser's session ends after this long without a request (等保三级).",
    )
    session_life: timedelta = Field(
        default=timedelta(hours=12), description="A browser's session ends after this long anyway."
    )
    access_life: timedelta = Field(
        default=timedelta(minutes=10), description="A phone's access token expires after this long."
    )
    refresh_life: timedelta = Field(
        default=timedelta(days=30),
        description="A phone that does not refresh for this long signs in again.",
    )
    refresh_grace: timedelta = Field(
        default=timedelta(seconds=30),
        description="A phone that lost the answer to a refresh gets the same one within this long.",
    )
    invitation_life: timedelta = Field(
        default=timedelta(hours=72),
        description="A link to set a password, and the bootstrap token, are good for this long.",
    )
    dormant_after: timedelta = Field(
        default=timedelta(days=180),
        description="Who was not seen for this long cannot sign in until invited again.",
    )
    oidc_issuer: str = Field(
        default="", description="Identity provider people sign in at (its issuer URL); empty: none."
    )
    oidc_client_id: str = Field(default="", description="This service's name at the provider.")
    oidc_client_secret: str = Field(
        default="", repr=False, description="This service's secret at the provider."
    )
    oidc_name: str = Field(
        default="OpenID Connect", description="What the way in by the provider is called."
    )
    oidc_scopes: str = Field(
        default="openid email", description="What is asked of the provider, `openid` included."
    )
    oidc_match_email: bool = Field(
        default=False,
        description="Whether a verified e-mail address equal to an account's links the two; off: "
        "an administrator links them.",
    )
    stop_within: timedelta = Field(
        default=timedelta(seconds=8),
        description="The supervisor gives its processes this long to leave, then kills them.",
    )
    restart_after: timedelta = Field(
        default=timedelta(seconds=1), description="Pause before a dead process is started again."
    )
    restart_after_limit: timedelta = Field(
        default=timedelta(seconds=30),
        description="The pause doubles with each death in a row, up to this.",
    )
    steady_after: timedelta = Field(
        default=timedelta(seconds=10),
        description="A process that has lived this long has started well; its deaths count anew.",
    )
    start_attempts: int = Field(
        default=3,
        ge=1,
        description="A process that dies this often without ever being steady is a broken start.",
    )
    start_within: timedelta = Field(
        default=timedelta(seconds=60),
        description="An engine or the api that is not ready after this long is a broken start; "
        "recovery after a power cut and a long migration fit in.",
    )
    log_limit_bytes: int = Field(
        default=10_000_000,
        ge=10_000,
        description="A log of the one-machine run is set aside at this size; one older is kept.",
    )
    worker_processes: int = Field(
        default=3,
        ge=1,
        description="Celery child processes of one worker; of several, one waits for webhooks.",
    )

    def address(self) -> str:
        """Give the address clients see, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the environment once for this process."""
    return Settings()
