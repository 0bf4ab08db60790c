"""Facts of module telephony."""

from uuid import UUID

from tongdai.platform.facts import Fact


class CallChanged(Fact, type="telephony.call_changed"):
    """A call is in another state, or something about it or its parties changed. The aggregate is the call."""

    interaction_id: UUID
    state: str
    user_id: UUID | None = None
    left: UUID | None = None
    """A user for whom the call is over with this, though it may go on for others."""
    parked: bool = False
    """Whether the customer is parked, or was until this."""


class WatchChanged(Fact, type="telephony.watch_changed"):
    """Somebody listens to a call, in another way, or no more. The aggregate is the watch."""

    user_id: UUID


class TelephonyConfigured(Fact, type="telephony.configured"):
    """A trunk or number was edited: what Asterisk holds must be pushed again. The aggregate is what was edited."""


class TrunkStateChanged(Fact, type="telephony.trunk_state_changed"):
    """A trunk is registered, rejected or unreachable since now. The aggregate is the trunk."""


class DeviceChanged(Fact, type="telephony.device_changed"):
    """A device was added or removed. The aggregate is the device."""

    user_id: UUID
    removed: bool = False


class RingOnChosen(Fact, type="telephony.ring_on_chosen"):
    """A user chose where calls ring. The aggregate is the user's phone setting."""

    user_id: UUID
    ring_on: str


class ForwardingChanged(Fact, type="telephony.forwarding_changed"):
    """A user's forwarding or do not disturb is another. The aggregate is the user's phone setting, which says the rest."""

    user_id: UUID


class RecordingChanged(Fact, type="telephony.recording_changed"):
    """A recording began, was stored, failed or was erased. The aggregate is the recording."""

    interaction_id: UUID
    state: str


class VoicemailLeft(Fact, type="telephony.voicemail_left"):
    """Somebody left a message, and it can be heard. The aggregate is the voicemail, which says whose it is."""

    interaction_id: UUID


class VoicemailChanged(Fact, type="telephony.voicemail_changed"):
    """A message was heard, marked as new, deleted or restored. The aggregate is the voicemail."""


class VoicemailBoxChanged(Fact, type="telephony.voicemail_box_changed"):
    """A box was set up otherwise, or has another greeting. The aggregate is the box."""

    owner_id: UUID


class CallCommandRequested(Fact, type="telephony.command_requested"):
    """A user wants something of a call, by a node that may not own its Asterisk. The aggregate is the command, whose row
    says the rest: what is dialled is nobody else's business."""

    call_id: UUID | None = None
    command: str
    user_id: UUID


class CallCommandAnswered(Fact, type="telephony.command_answered"):
    """What became of a command: `problem` is empty when it was done, else the error's code."""

    problem: str = ""
