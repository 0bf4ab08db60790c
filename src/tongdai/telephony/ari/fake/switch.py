"""The fake's inside: channels and bridges change, events say so in Asterisk's order; far sides act through methods."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta

from tongdai.kit.clock import Clock
from tongdai.telephony.ari.fake.channels import FakeBridge, FakeChannel, Json, Operation, stamp

APP = "tongdai"
CAUSE_OF_STATUS = {
    401: 21, 403: 21, 404: 1, 408: 18, 410: 22, 480: 19, 486: 17, 487: 127, 488: 58, 500: 38, 503: 34, 600: 17, 603: 21,
    604: 1,
}  # fmt: skip
"""The Q.850 cause that Asterisk makes of a phone's answer. Redirections (3xx) are not followed and end with cause 0."""
STATUS_OF_CAUSE = {
    1: 404,
    3: 404,
    17: 486,
    19: 480,
    20: 480,
    21: 403,
    27: 502,
    34: 503,
    38: 500,
    42: 503,
    58: 488,
}
"""What an unanswered caller is told; 603 for the others."""
DIALSTATUS = {17: "BUSY", 34: "CONGESTION", 0: "CANCEL"}


class Switch:
    """Channels, bridges, and the events about them."""

    def __init__(self, clock: Clock, seconds_of: Callable[[str], float]) -> None:
        self.clock = clock
        self.began = clock.now()
        """When this Asterisk was started."""
        self.channels: dict[str, FakeChannel] = {}
        self.bridges: dict[str, FakeBridge] = {}
        self.stored: set[str] = set()
        self.reloaded: list[str] = []
        """Names of recordings whose files exist."""
        self.endpoints: dict[str, bool] = {}
        """"PJSIP/name" → whether it can be called."""
        self.rang: deque[str] = deque()
        """Channels that began to call a far side, for tests to act on."""
        self._seconds_of = seconds_of
        self._numbers = itertools.count()
        self._out: Callable[[Json], None] | None = None
        self._allowed: frozenset[str] | None = None
        self._knocking: dict[str, str] = {}

    # The application

    def connect(self, out: Callable[[Json], None]) -> None:
        """The application is there: calls that knocked meanwhile come in. Who was there before is told."""
        self.emit("ApplicationReplaced")
        self._out, self._allowed = out, None
        for channel_id, context in list(self._knocking.items()):
            if channel_id in self.channels:
                self._enter(self.channels[channel_id], [context])
        self._knocking.clear()

    def disconnect(self) -> None:
        self._out = None

    @property
    def connected(self) -> bool:
        return self._out is not None

    def allow(self, types: Iterable[str]) -> None:
        """Which events are sent (none named: all)."""
        self._allowed = frozenset(types) or None

    def emit(self, kind: str, **fields: object) -> None:
        if self._out is not None and (self._allowed is None or kind in self._allowed):
            event = {"type": kind, "timestamp": stamp(self.clock.now()), "application": APP, **fields}
            self._out(event)

    def _about(self, kind: str, channel: FakeChannel, **fields: object) -> None:
        """An event of a channel reaches us while it is ours."""
        if channel.in_app or channel.subscribed:
            self.emit(kind, channel=channel.json(), **fields)

    def _enter(self, channel: FakeChannel, args: list[str]) -> None:
        channel.in_app, channel.args = True, args
        channel.app_data = ",".join([APP, *args])
        self._about("StasisStart", channel, args=args)

    def new_name(self, endpoint: str) -> str:
        return f"{endpoint}-{next(self._numbers):08x}"

    # Far sides

    def call_in(
        self, endpoint: str, exten: str, *, number: str = "", name: str = "", context: str = "from-trunk"
    ) -> FakeChannel:
        """Somebody calls `exten`: the dialplan hands the call to the application, or lets it ring until there is one."""
        channel = FakeChannel(
            f"{int(self.clock.now().timestamp())}.{next(self._numbers)}",
            self.new_name(endpoint),
            "Ring",
            self.clock.now(),
            number,
            name,
            context,
            exten,
        )
        self.channels[channel.id] = channel
        if self.connected:
            self._enter(channel, [context])
        else:
            self._knocking[channel.id] = context
        return channel

    def far_rings(self, channel: FakeChannel) -> None:
        """180."""
        if channel.id in self.channels and channel.state == "Down":
            channel.state = "Ringing"
            self._about("ChannelStateChange", channel)
            self._dial(channel, "RINGING")

    def far_answers(self, channel: FakeChannel) -> bool:
        """200. False when nobody is there any more to hear it. Asterisk hangs up who would enter an application that is away."""
        if channel.id not in self.channels or channel.state == "Up":
            return False
        if not channel.in_app and not self.connected:
            self._gone(channel, 0)
            return False
        channel.state = "Up"
        self._stop_timeout(channel)
        self._about("ChannelStateChange", channel)
        self._dial(channel, "ANSWER")
        channel.dialling = False
        if not channel.in_app:
            self._enter(channel, channel.args)
        return True

    def far_refuses(self, channel: FakeChannel, status: int) -> None:
        """A final answer other than 200."""
        if channel.id not in self.channels or channel.state == "Up":
            return
        cause = 0 if 300 <= status < 400 else CAUSE_OF_STATUS.get(status, 127)
        if cause:
            self._about("ChannelHangupRequest", channel, cause=cause)
        self._dial(channel, DIALSTATUS.get(cause, "NOANSWER"))
        self._gone(channel, cause)

    def far_hangs_up(self, channel: FakeChannel, cause: int | None = 16) -> None:
        """BYE, or CANCEL (127) before the answer. Cause None: the far side gave none."""
        if channel.id in self.channels:
            self._about("ChannelHangupRequest", channel, **({} if cause is None else {"cause": cause}))
            self._gone(channel, cause or 0)

    def far_vanishes(self, channel: FakeChannel) -> None:
        """No more RTP: Asterisk ends the channel itself."""
        if channel.id in self.channels:
            self._about("ChannelHangupRequest", channel, cause=1, soft=True)
            self._gone(channel, 44)

    def far_presses(self, channel: FakeChannel, digit: str) -> None:
        if channel.id not in self.channels:
            return
        self._about("ChannelDtmfReceived", channel, digit=digit, duration_ms=100)
        if channel.operations and digit in channel.operations[0].terminate_on:
            self.finish(channel, channel.operations[0])

    def far_talks(self, channel: FakeChannel, *, begun: bool, seconds: float = 1.0) -> None:
        """Somebody begins to talk, or has been silent after `seconds` of it. Told where it was asked for."""
        if channel.id in self.channels and channel.listened_for_talk:
            how = {} if begun else {"duration": round(seconds * 1000)}
            self._about("ChannelTalkingStarted" if begun else "ChannelTalkingFinished", channel, **how)

    def far_holds(self, channel: FakeChannel, *, held: bool) -> None:
        """re-INVITE with sendonly, inactive or 0.0.0.0, and back."""
        if channel.id in self.channels:
            self._about("ChannelHold" if held else "ChannelUnhold", channel)

    def far_refers(self, channel: FakeChannel, to: str = "", *, other: FakeChannel | None = None) -> None:
        """REFER: to somebody who is dialled, or with Replaces of another call of the phone."""
        refer_to: Json = {"requested_destination": {"destination": to}}
        if other is not None:
            refer_to["destination_channel"] = other.json()
        if channel.in_app:
            self.emit("ChannelTransfer", refer_to=refer_to, referred_by={"source_channel": channel.json()})

    # The end of channels

    def hang_up(self, channel: FakeChannel, cause: int) -> None:
        """We end a channel."""
        self._about("ChannelHangupRequest", channel, cause=32, soft=True)
        if channel.dialling:
            self._dial(channel, "NOANSWER")
        incoming = channel.state == "Ring"
        channel.told = STATUS_OF_CAUSE.get(cause, 603) if incoming else 0
        self._gone(channel, cause)

    def times_out(self, channel: FakeChannel) -> None:
        """Nobody answered for as long as we wanted to wait."""
        if channel.id in self.channels and channel.state != "Up":
            channel.told = 0
            self._gone(channel, 19)

    def _gone(self, channel: FakeChannel, cause: int) -> None:
        self._stop_timeout(channel)
        self.leave(channel)
        self.channels.pop(channel.id, None)
        self._knocking.pop(channel.id, None)
        for operation in list(channel.operations):
            self._end(channel, operation, failed=operation.kind == "playback")
        was_in_app, channel.idle = channel.in_app, channel.idle
        if was_in_app:
            self._about("StasisEnd", channel)
        if channel.subscribed:
            self._about("ChannelDestroyed", channel, cause=cause, cause_txt="")
        channel.idle.set()
        for snoop in [one for one in self.channels.values() if one.snoops_on == channel.id]:
            self._gone(snoop, 0)

    def _dial(self, channel: FakeChannel, status: str) -> None:
        if channel.dialling:
            self.emit("Dial", peer=channel.json(), dialstatus=status)

    def _stop_timeout(self, channel: FakeChannel) -> None:
        if channel.timeout is not None:
            channel.timeout.cancel()

    # Bridges

    def join(self, bridge: FakeBridge, channel: FakeChannel) -> None:
        """Into a bridge, out of the one before."""
        self.leave(channel)
        channel.bridge = bridge.id
        bridge.channels.append(channel.id)
        self._about("ChannelEnteredBridge", channel, bridge=bridge.json())

    def leave(self, channel: FakeChannel) -> None:
        bridge = self.bridges.get(channel.bridge or "")
        channel.bridge = None
        if bridge is not None:
            bridge.channels.remove(channel.id)
            if not bridge.channels:
                bridge.music = None  # the music leaves with the last channel
            self._about("ChannelLeftBridge", channel, bridge=bridge.json())

    def destroy(self, bridge: FakeBridge) -> None:
        for channel in list(bridge.channels):
            self.leave(self.channels[channel])
        del self.bridges[bridge.id]
        self.emit("BridgeDestroyed", bridge=bridge.json())

    # Playbacks and recordings

    def begin(self, channel: FakeChannel, operation: Operation) -> str:
        """Queue an operation; gives its state for the answer."""
        channel.operations.append(operation)
        channel.idle.clear()
        if len(channel.operations) == 1:
            self._start(channel)
            return "playing" if operation.kind == "playback" else "recording"
        return "queued"

    def _start(self, channel: FakeChannel) -> None:
        operation = channel.operations[0]
        operation.begun_at = self.clock.now()
        if operation.kind == "playback":
            self._about("PlaybackStarted", channel)
        else:
            self.emit("RecordingStarted", recording=operation.recording(channel.id, "recording"))
        if operation.fails:
            self.finish(channel, operation)
        elif operation.seconds:
            when = self.clock.now() + timedelta(seconds=operation.seconds)
            operation.timer = self.clock.call_at(when, lambda: self.finish(channel, operation))

    def length_of(self, media: str) -> float:
        """How long these sounds last together."""
        total = 0.0
        for one in media.split(","):
            name = one.removeprefix("sound:")
            total += (
                float(name.removeprefix("silence/"))
                if name.startswith("silence/")
                else self._seconds_of(name)
            )
        return total

    def finish(self, channel: FakeChannel, operation: Operation) -> None:
        """An operation is over; the next begins."""
        if operation not in channel.operations:
            return
        self._end(channel, operation, failed=operation.fails)
        if channel.operations:
            if channel.operations[0].begun_at is None:
                self._start(channel)
        else:
            channel.idle.set()

    def _end(self, channel: FakeChannel, operation: Operation, *, failed: bool) -> None:
        channel.operations.remove(operation)
        if operation.timer is not None:
            operation.timer.cancel()
        if operation.kind == "playback":
            playback = operation.playback(channel.id, "failed" if failed else "done")
            self.emit("PlaybackFinished", playback=playback)
            return
        self.stored.add(operation.id)
        begun = operation.begun_at or self.clock.now()
        seconds = int((self.clock.now() - begun).total_seconds())
        recording = operation.recording(channel.id, "done") | {"duration": seconds}
        self.emit("RecordingFinished", recording=recording)

    def crash(self) -> None:
        """kill -9: nothing is left and nobody is told."""
        for channel in self.channels.values():
            self._stop_timeout(channel)
            for operation in channel.operations:
                if operation.timer is not None:
                    operation.timer.cancel()
            channel.operations.clear()
            channel.idle.set()
        self.began = self.clock.now() + timedelta(milliseconds=1)
        self.channels.clear()
        self.bridges.clear()
        self.rang.clear()
        self._knocking.clear()
