"""Facts of module telephony."""

from uuid import UUID

from tongdai.platform.facts import Fact


class CallChanged(Fact, type="telephony.call_changed"):
    """A call is in another state, or something about it changed. The aggregate is the call."""

    interaction_id: UUID
    state: str
    user_id: UUID | None = None


class TelephonyConfigured(Fact, type="telephony.configured"):
    """A trunk or number was edited: what Asterisk holds must be pushed again. The aggregate is what was edited."""


class DeviceChanged(Fact, type="telephony.device_changed"):
    """A device was added or removed. The aggregate is the device."""

    user_id: UUID
    removed: bool = False


class RingOnChosen(Fact, type="telephony.ring_on_chosen"):
    """A user chose where calls ring. The aggregate is the user's phone setting."""

    user_id: UUID
    ring_on: str


class RecordingChanged(Fact, type="telephony.recording_changed"):
    """A recording began, was stored, failed or was erased. The aggregate is the recording."""

    interaction_id: UUID
    state: str


class VoicemailLeft(Fact, type="telephony.voicemail_left"):
    """Somebody left a message. The aggregate is the voicemail."""

    interaction_id: UUID


class CallCommandRequested(Fact, type="telephony.command_requested"):
    """A user wants something of a call, by a node that may not own its Asterisk. The aggregate is the command, whose row
    says the rest: what is dialled is nobody else's business."""

    call_id: UUID | None = None
    command: str
    user_id: UUID


class CallCommandAnswered(Fact, type="telephony.command_answered"):
    """What became of a command: `problem` is empty when it was done, else the error's code."""

    problem: str = ""
