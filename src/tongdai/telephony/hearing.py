"""What Asterisk tells, handed to those whom it is about: mostly to the calls."""

from datetime import datetime
from typing import TYPE_CHECKING

from tongdai.telephony import quality
from tongdai.telephony.ari.connection import Event
from tongdai.telephony.calls.messages import (
    HoldSignal,
    Key,
    LegGone,
    LegRinging,
    LegUp,
    Message,
    PlaybackDone,
    RecordingDone,
    Talks,
)
from tongdai.telephony.early import Early
from tongdai.telephony.phones.handset import KeyPressed, SoundOver
from tongdai.telephony.placing import DIALLED, LEG, OUT
from tongdai.telephony.recording.recorder import SNOOP

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

SOFT_HANGUP = {1: 44, 32: 16}
"""Where Asterisk itself hangs up, the cause is its own flag: 1 is an RTP time-out (of an answered channel), 32 our wish."""


class Hearing:
    """Part of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._causes: dict[str, int] = {}
        self.early = Early()

    def on_event(self, event: Event) -> None:
        """Every event, in order."""
        exchange, kind = self._exchange, event["type"]
        at = datetime.fromisoformat(event["timestamp"])
        match kind:
            case "StasisStart":
                self._entered(event, at)
            case "ChannelHangupRequest":
                cause = int(event.get("cause", 16))
                self._causes[event["channel"]["id"]] = (
                    SOFT_HANGUP.get(cause, cause) if event.get("soft") else cause
                )
            case "StasisEnd" | "ChannelDestroyed":
                self._gone(event, at)
            case "ChannelStateChange":
                self._state_changed(event["channel"]["id"], event["channel"]["state"], at)
            case "ChannelDtmfReceived":
                channel = event["channel"]["id"]
                exchange.codes.tell(channel, KeyPressed(event["digit"]))
                self._to_channel(channel, Key(channel, event["digit"], at))
            case "PlaybackFinished":
                sound = event["playback"]
                target, failed = sound["target_uri"].removeprefix("channel:"), sound["state"] == "failed"
                exchange.codes.tell(target, SoundOver(sound["id"]))
                self._to_channel(target, PlaybackDone(sound["id"], at, failed))
            case "RecordingFinished" | "RecordingFailed":
                recording = event["recording"]
                target = recording["target_uri"].removeprefix("channel:")
                seconds = float(recording.get("talking_duration") or recording.get("duration") or 0)
                exchange.codes.tell(target, SoundOver(recording["name"]))
                failed = kind == "RecordingFailed"
                self._to_channel(target, RecordingDone(recording["name"], seconds, failed, at))
            case "ChannelHold" | "ChannelUnhold":
                channel = event["channel"]["id"]
                self._to_channel(channel, HoldSignal(channel, kind == "ChannelHold", at))
            case "ChannelTalkingStarted" | "ChannelTalkingFinished":
                channel, begun = event["channel"]["id"], kind == "ChannelTalkingStarted"
                self._to_channel(channel, Talks(channel, begun, event.get("duration", 0) / 1000, at))
            case "ChannelTransfer":
                exchange.phone_orders.referred(event)
            case _:
                pass

    def _entered(self, event: Event, at: datetime) -> None:
        exchange, channel = self._exchange, event["channel"]
        arguments: list[str] = event["args"]
        entrance = arguments[0] if arguments else ""
        if entrance == SNOOP:
            exchange.spawn(exchange.recorder.snoop_up(channel["id"]))
        elif entrance == LEG:
            self._up(channel["id"], at)
        elif entrance == DIALLED:
            exchange.placing.entered(channel["id"])
        else:
            exchange.knock(channel, entrance, at)

    def _state_changed(self, channel: str, state: str, at: datetime) -> None:
        if state == "Ringing":
            self._to_channel(channel, LegRinging(channel, at))
        elif state == "Up" and channel.startswith(OUT):
            self._up(channel, at)

    def _up(self, channel: str, at: datetime) -> None:
        """Somebody whom we called has answered."""
        exchange = self._exchange
        call = exchange.call_on(channel)
        if call is not None:
            call.post(LegUp(channel, at))
        elif exchange.may_have(channel):
            self.early.keep(LegUp(channel, at))
        else:
            exchange.spawn(exchange.drop(channel))

    def _gone(self, event: Event, at: datetime) -> None:
        """A channel that was in the application leaves it by hanging up (nothing follows StasisEnd); one that never was,
        because nobody answered, is destroyed. Whichever comes first counts."""
        exchange, channel = self._exchange, event["channel"]["id"]
        noted = self._causes.pop(channel, 16)
        cause = int(event.get("cause", noted))
        call = exchange.detach(channel)
        exchange.codes.tell(channel, None)
        if call is None:
            if exchange.may_have(channel):
                self.early.keep(LegGone(channel, cause, at))
            return
        sums: str = event["channel"].get("channelvars", {}).get(quality.VARIABLE, "")
        if channel == call.customer and sums:
            call.quality = quality.quality_from(sums)
        call.post(LegGone(channel, cause, at))

    def _to_channel(self, channel: str, message: Message) -> None:
        call = self._exchange.call_on(channel)
        if call is not None:
            call.post(message)
