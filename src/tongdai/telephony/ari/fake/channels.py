"""What the fake knows of channels, bridges and what goes on in them, as ARI shows it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tongdai.kit.clock import Timer

Json = dict[str, Any]


def stamp(at: datetime) -> str:
    """A time as Asterisk writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


@dataclass
class Operation:
    """A playback or a recording. A channel carries them out one after the other; some requests wait for their end."""

    kind: str
    id: str
    seconds: float
    media: str = ""
    fails: bool = False
    terminate_on: str = ""
    begun_at: datetime | None = None
    timer: Timer | None = None

    def playback(self, channel: str, state: str) -> Json:
        return {
            "id": self.id,
            "media_uri": self.media,
            "target_uri": f"channel:{channel}",
            "language": "en",
            "state": state,
        }

    def recording(self, channel: str, state: str) -> Json:
        return {"name": self.id, "format": "wav", "state": state, "target_uri": f"channel:{channel}"}


@dataclass
class FakeChannel:
    """A channel. `in_app`: our application controls it; `dialled`: we placed it; `wanted_args`: with what it enters us."""

    id: str
    name: str
    state: str
    made_at: datetime
    caller_number: str = ""
    caller_name: str = ""
    context: str = "default"
    exten: str = "s"
    app_data: str = ""
    in_app: bool = False
    subscribed: bool = False
    dialled: bool = False
    dialling: bool = False
    args: list[str] = field(default_factory=list[str])
    bridge: str | None = None
    snoops_on: str | None = None
    whispers: bool = False
    listened_for_talk: bool = False
    rings: bool = False
    muted: set[str] = field(default_factory=set[str])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    operations: list[Operation] = field(default_factory=list[Operation])
    timeout: Timer | None = None
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    sent_keys: str = ""
    transfers: list[str] = field(default_factory=list[str])
    """What its phone was told of the transfers that it asked for."""
    told: int | None = None
    """How the far side learnt that we ended it: a SIP status, or 0 for BYE and CANCEL."""

    def __post_init__(self) -> None:
        self.idle.set()

    @property
    def recording(self) -> bool:
        return any(one.kind == "recording" for one in self.operations)

    @property
    def endpoint(self) -> str:
        return self.name.rsplit("-", 1)[0]

    def json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "protocol_id": "",
            "caller": {"name": self.caller_name, "number": self.caller_number},
            "connected": {"name": "", "number": ""},
            "accountcode": "",
            "dialplan": {
                "context": self.context,
                "exten": self.exten,
                "priority": 2,
                "app_name": "Stasis" if self.in_app else "",
                "app_data": self.app_data if self.in_app else "",
            },
            "creationtime": stamp(self.made_at),
            "language": "en",
            "channelvars": {"RTPAUDIOQOS": "rxcount=1;txcount=1" if self.state == "Up" else ""},
        }


@dataclass
class FakeBridge:
    """A bridge; `music` while it plays some."""

    id: str
    kind: str
    made_at: datetime
    music: str | None = None
    channels: list[str] = field(default_factory=list[str])
    played: list[str] = field(default_factory=list[str])
    """What all in it heard."""

    def json(self) -> Json:
        return {
            "id": self.id,
            "technology": "holding_bridge" if self.kind == "holding" else "simple_bridge",
            "bridge_type": self.kind,
            "bridge_class": "stasis",
            "creator": "Stasis",
            "name": "",
            "channels": list(self.channels),
            "creationtime": stamp(self.made_at),
            "video_mode": "talker",
        }
