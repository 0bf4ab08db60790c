"""Settings of one process: from the environment (`TONGDAI_…`, DATABASE_URL) over one TOML file over the defaults."""

import difflib
import ipaddress
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from tongdai.platform.sealed import DEFAULT_RING

PREFIX = "TONGDAI_"
_OF_OTHERS = frozenset({"CONFIG", "CACHE", "DEBIAN_MIRROR", "DEBIAN_SUITE"})
"""Variables with our prefix that are not settings of the application."""
SECRETS = frozenset({"database_dsn", "ari_password", "turn_password", "turn_secret", "smtp_password"})
"""Settings that no backup and no message may show."""


class ConfigurationError(Exception):
    """The configuration cannot be used; the message names each key and the mend."""


def _split(value: object) -> object:
    """Lists come as "a, b" from the environment."""
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _networks(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        try:
            ipaddress.ip_network(word)
        except ValueError as error:
            raise ValueError(f"{word} is no network: write one like 10.1.2.0/24") from error
    return words


Port = Annotated[int, Field(ge=1, le=65535)]
Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """What the application needs to know about its surroundings. Durations in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_dsn: str
    database_pool_size: Annotated[int, Field(ge=2, le=500)] = 12
    database_calls_pool_size: Annotated[int, Field(ge=2, le=500)] = 6
    """Connections beside those for calls alone, that wait behind no list and no report."""
    data_dir: Path = Path("var")
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+$")] = "http://127.0.0.1:8000"
    """Scheme, host and port as browsers see them; unsafe requests must come from this origin."""

    ari_url: Annotated[str, Field(pattern=r"^$|^https?://\S+/ari$")] = ""
    """An Asterisk of yours, say http://10.0.0.5:8088/ari; empty: `tongdai demo` starts one."""
    ari_user: str = "tongdai"
    ari_password: str = ""
    asterisk_control: Path | None = None
    """Asterisk's control socket, when this process may use it: at its console it says what became of trunks' registrations."""
    asterisk_log: Path | None = None
    """Asterisk's log, when this process can read it: there it says why a trunk was refused."""
    asterisk_recordings: Path | None = None
    """Asterisk's recording spool, when this process can read it."""
    recording_keys: Path | None = None
    """The file with the keys by which recordings are encrypted; none: keys/recordings.json beside them, in the file store."""
    asterisk_sounds: Path | None = None
    """A directory that this process writes and Asterisk reads, for prompts."""
    ice_servers: Words = ()
    """stun: and turn: addresses that browsers use."""
    turn_secret: str = ""
    """The relay's shared secret (coturn: static-auth-secret): browsers get credentials that end by themselves."""

    sip_host: str = "127.0.0.1"
    sip_port: Port = 5060
    sip_tls_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Where carriers open TLS connections to us; 0: any free port, enough where we open them."""
    sip_tls_authorities: Path | None = None
    """The certificates of those whose carriers' certificates are believed; none: the system's."""
    rtp_start: Port = 10000
    rtp_end: Port = 20000
    media_address: str | None = None
    """Asterisk's own address at which phones and trunks send their sound; none: on every one. `tongdai demo` says which."""
    external_address: str | None = None
    """The public address, when this machine is behind NAT."""
    local_networks: Words = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    """Networks whose phones reach this machine by its own address."""
    stun_server: str | None = None
    turn_server: str | None = None
    turn_user: str = ""
    turn_password: str = ""

    smtp_host: str = ""
    """The mail server by which messages are sent; empty: none is."""
    smtp_port: Port = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: Annotated[str, Field(pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$")] = ""
    """The sender's address."""

    assistant_networks: Annotated[Words, AfterValidator(_networks)] = ()
    """Networks inside in which administrators may have the assistant ask a language model of yours, say 10.1.2.0/24."""

    tls_certificate: Path | None = None
    tls_key: Path | None = None

    node: str = "main"
    """This app process's name among several on one database; must be the same after a restart."""

    event_log_months: Annotated[int, Field(ge=0, le=1200)] = 25
    """So many months before this one are kept of the log of what happened, which the steps of a contact in its detail are read
    from; 0: all. Contacts, segments, messages and figures stay whatever this is."""

    session_hours: int = 12
    presence_grace: float = 20.0

    @property
    def key_ring(self) -> Path:
        return self.recording_keys or self.data_dir / DEFAULT_RING

    @model_validator(mode="after")
    def _belong_together(self) -> "Settings":
        if self.rtp_end - self.rtp_start < 20:
            raise ValueError("rtp_end must be at least 20 above rtp_start: each call takes two to four ports")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: set both or neither")
        if self.ari_url and not self.ari_password:
            raise ValueError("ari_url needs ari_password: set the password of the ARI user")
        if self.smtp_host and not self.smtp_from:
            raise ValueError("smtp_host needs smtp_from: set the address that mails are sent from")
        relays = (self.turn_server or "", *(one for one in self.ice_servers if one.startswith("turn")))
        if self.turn_secret and not any(relays):
            raise ValueError(
                "turn_secret needs a relay: name one in ice_servers (turn:host:3478) or turn_server (host:3478)"
            )
        return self


def load_settings(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    defaults: Mapping[str, object] | None = None,
    **overrides: object,
) -> Settings:
    """The settings, or ConfigurationError with every mistake in it. `overrides` (the command line) win, `defaults` lose.

    `file` is --config, else TONGDAI_CONFIG, else none.
    """
    environ = os.environ if environ is None else environ
    if file is None and (named := environ.get(f"{PREFIX}CONFIG")):
        file = Path(named)
    values: dict[str, Any] = dict(defaults or {})
    origins: dict[str, str] = {}
    if file is not None:
        for key, value in _read(file).items():
            values[key], origins[key] = value, f"{key} in {file}"
    for name, value in environ.items():
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _OF_OTHERS:
            key = name.removeprefix(PREFIX).lower()
            values[key], origins[key] = value, name
    if url := environ.get("DATABASE_URL"):
        values["database_dsn"], origins["database_dsn"] = url, "DATABASE_URL"
    values.update({key: value for key, value in overrides.items() if value is not None})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        lines = [_explain(item["loc"], item["type"], item["msg"], origins) for item in error.errors()]
        raise ConfigurationError("\n".join(lines)) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as error:
        message = (
            f"The configuration file {file} cannot be read ({error.strerror}): check the path and its rights."
        )
        raise ConfigurationError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The configuration file {file} is not valid TOML: {error}.") from error


def _explain(location: tuple[int | str, ...], kind: str, message: str, origins: Mapping[str, str]) -> str:
    if not location:
        return message.removeprefix("Value error, ") + "."
    key = str(location[0])
    origin = origins.get(key, key)
    if kind == "missing" and key == "database_dsn":
        return (
            "No database is configured: set DATABASE_URL, or start with `tongdai demo`, which brings its own."
        )
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(key, Settings.model_fields, 1)
        hint = f"did you mean {close[0]}?" if close else "remove it."
        return f"{origin} is not a setting: {hint}"
    field = Settings.model_fields.get(key)
    pattern = f" (default: {field.default})" if field is not None and not field.is_required() else ""
    return f"{origin} is wrong: {message[0].lower()}{message[1:]}{pattern}."


def write_settings(file: Path, settings: Settings) -> None:
    """Write what differs from the defaults as TOML that `load_settings` reads, for our own processes only (0600)."""
    lines = [
        f"{key} = {_toml(value)}\n"
        for key, value in settings.model_dump(mode="json", exclude_defaults=True).items()
        if value is not None
    ]
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.writelines(lines)


def _toml(value: object) -> str:
    """Strings, numbers, booleans and lists of them: JSON's notation is TOML's."""
    return json.dumps(value, ensure_ascii=False)
