"""Settings of one process."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """What the application needs to know about its surroundings. Durations in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_dsn: str
    database_pool_size: int = 12
    data_dir: Path = Path("var")
    public_url: str = "http://127.0.0.1:8000"
    ari_url: str = ""
    ari_user: str = "tongdai"
    ari_password: str = ""
    asterisk_recordings: Path | None = None
    asterisk_sounds: Path | None = None
    ice_servers: tuple[str, ...] = ()
    session_hours: int = 12
    presence_grace: float = 20.0
