"""The customer hears that the talk is recorded, where the queue wants it so: once a call, and before the recording begins.

Who waits hears it at once, instead of the music (`calls/inbound`); an agent who answers meanwhile waits for its end
(`calls/announcing`). Where nobody waited (a callback, a recording that the agent starts later) it is played to both in the call's
bridge, and the recording begins at its end. It counts as told only when it was played to its end. Where nothing can be played the
talk is recorded all the same, and its recording says that it was not announced.
"""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.flows.public import Enqueue, Recording
from tongdai.platform.database import Transaction
from tongdai.telephony.announcements import recording_prompts
from tongdai.telephony.calls.messages import Message, PlaybackDone
from tongdai.telephony.recording.recorder import RecordingPlan
from tongdai.tenancy import public as tenancy

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

log = logging.getLogger(__name__)


class RecordingNotice:
    """Part of one call."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._plan: RecordingPlan | None = None
        """Begins when what is played in the bridge is over."""

    def due(self, plan: RecordingPlan) -> bool:
        """Whether the customer is to be told before this recording begins."""
        return plan.wanted and self._untold

    @property
    def ahead(self) -> bool:
        """Whether the customer is to be told of the recording that an agent's answer would begin now."""
        return self._untold and self._call.exchange.recorder.plan(self._call).wanted

    @property
    def _untold(self) -> bool:
        return self._call.care.announce_recording and not self._call.row.recording_told

    async def words(self, language: str | None = None) -> list[str]:
        """What to play: the queue's prompt, or else our words. Empty, and logged, where there is neither."""
        call = self._call
        tenant_id, prompt = call.row.tenant_id, call.care.recording_prompt
        spoken = language or await self._language()
        media: list[str] = []
        if prompt is not None:
            media = await call.exchange.media.locate(tenant_id, (Recording(name=prompt, language=spoken),))
        media = media or await call.exchange.media.locate(tenant_id, recording_prompts(spoken))
        if not media:
            log.warning("call %s is recorded unannounced: there is nothing to play", call.row.id)
        return media

    async def heard(self) -> None:
        """They have heard it to its end."""
        call = self._call

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, recording_told=True)

        await call.save(work)

    async def before(self, plan: RecordingPlan) -> bool:
        """Tell both in the bridge, if that is due, and begin the recording afterwards. False: it may begin now."""
        call = self._call
        if self._plan is not None:
            return True
        if not self.due(plan) or not (media := await self.words()):
            return False
        self._plan = plan
        call.exchange.attach(call, f"bridge:{call.bridge}")
        try:
            await call.ari.bridges.play_with_id(call.bridge, self._name, ",".join(media))
        except BaseException:
            self._plan = None
            raise
        return True

    def forget(self) -> None:
        """No recording is to begin any more when it is over."""
        self._plan = None

    async def takes(self, message: Message) -> bool:
        """Whether a message was about what we play in the bridge."""
        if not isinstance(message, PlaybackDone) or message.playback != self._name:
            return False
        call, plan, self._plan = self._call, self._plan, None
        if plan is not None and call.row.agent_channel is not None and call.row.ended_at is None:
            if not message.failed and call.row.held_since is None:
                await self.heard()
            told = call.row.recording_told
            await call.exchange.recorder.begin(call, replace(plan, at=call.now(), announced=told))
        return True

    @property
    def _name(self) -> str:
        return f"notice-{self._call.row.id}"

    async def _language(self) -> str:
        """The caller's as the flow said, or as the contact has it, or the centre's."""
        call = self._call
        if call.run is not None and isinstance(call.run.command, Enqueue):
            return call.run.command.language

        async def read(tx: Transaction) -> str:
            (interaction,) = await conversations.Interactions(tx).get([call.row.interaction_id])
            return interaction.language or (await tenancy.settings(tx)).locale

        return await call.exchange.database.retrying(call.scope, read)
