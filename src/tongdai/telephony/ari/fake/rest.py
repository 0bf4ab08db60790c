"""The fake's REST: method, path and query in, status and body out, refusals as Asterisk words them."""

import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from tongdai.telephony.ari.fake.channels import FakeBridge, FakeChannel, Json, Operation, stamp
from tongdai.telephony.ari.fake.switch import APP, Switch

REASONS = {"normal": 16, "busy": 17, "congestion": 34, "no_answer": 19, "timeout": 102, "rejected": 21, "unallocated": 1,
           "normal_unspecified": 31, "number_incomplete": 28, "codec_mismatch": 65, "interworking": 127, "failure": 38,
           "answered_elsewhere": 26}  # fmt: skip


class Refused(Exception):
    """A request that Asterisk answers with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Rest:
    """Requests against one switch."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.objects: dict[tuple[str, str], Any] = {}
        """What was pushed to res_pjsip: (kind, id) → fields."""
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = [
            (
                method,
                re.compile("^" + re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", pattern) + "$"),
                getattr(self, name),
            )
            for method, pattern, name in _ROUTES
        ]

    async def answer(self, method: str, path: str, query: Json, body: Any) -> tuple[int, Any]:
        """Carry out one request."""
        found = False
        for wanted, pattern, handler in self._routes:
            match = pattern.match(path)
            if match is None:
                continue
            found = True
            if wanted == method:
                try:
                    arguments = {name: unquote(value) for name, value in match.groupdict().items()}
                    result = handler(query=query, body=body, **arguments)
                    if inspect.isawaitable(result):
                        result = await result
                except Refused as error:
                    return error.status, {"message": str(error)}
                return (204, None) if result is None else (200, result)
        return (405, {"message": "Invalid method"}) if found else (404, {"message": "Resource not found"})

    # What is there

    def _channel(self, id: str, *, in_app: bool = False) -> FakeChannel:
        channel = self.switch.channels.get(id)
        if channel is None:
            raise Refused(404, "Channel not found")
        if in_app and not channel.in_app:
            raise Refused(409, "Channel not in Stasis application")
        return channel

    def _bridge(self, id: str) -> FakeBridge:
        bridge = self.switch.bridges.get(id)
        if bridge is None:
            raise Refused(404, "Bridge not found")
        return bridge

    # Applications, Asterisk, endpoints

    def filter_events(self, app: str, body: Any, **_: Any) -> Json:
        if app != APP:
            raise Refused(404, "Application not found")
        self.switch.allow(one["type"] for one in body.get("allowed", []))
        return {"name": APP, "events_allowed": body.get("allowed", [])}

    def get_info(self, **_: Any) -> Json:
        began = stamp(self.switch.began)
        return {
            "status": {"startup_time": began, "last_reload_time": began},
            "system": {"version": "22.11.0", "entity_id": "fake"},
        }

    def push_object(self, kind: str, id: str, body: Any, **_: Any) -> list[Any]:
        self.objects[kind, id] = body["fields"]
        if kind == "endpoint":
            self.switch.endpoints.setdefault(f"PJSIP/{id}", False)
        return body["fields"]

    def delete_object(self, kind: str, id: str, **_: Any) -> None:
        if self.objects.pop((kind, id), None) is None:
            raise Refused(404, "Object not found")
        if kind == "endpoint":
            self.switch.endpoints.pop(f"PJSIP/{id}", None)

    def get_endpoint(self, tech: str, resource: str, **_: Any) -> Json:
        online = self.switch.endpoints.get(f"{tech}/{resource}")
        if online is None:
            raise Refused(404, "Endpoint not found")
        return {
            "technology": tech,
            "resource": resource,
            "state": "online" if online else "offline",
            "channel_ids": [],
        }

    # Channels

    def list_channels(self, **_: Any) -> list[Json]:
        return [channel.json() for channel in self.switch.channels.values()]

    def get_channel(self, id: str, **_: Any) -> Json:
        return self._channel(id).json()

    def originate(self, id: str, query: Json, body: Any, **_: Any) -> Json:
        channel = self._make(id, query["endpoint"], query)
        channel.args, channel.dialling = [query.get("appArgs") or ""], True
        channel.variables = dict(body["variables"]) if body else {}
        self._ring_out(channel, int(query.get("timeout") or 30))
        return channel.json()

    def create(self, query: Json, **_: Any) -> Json:
        channel = self._make(query["channelId"], query["endpoint"], query)
        channel.in_app, channel.args = True, [query.get("appArgs") or ""]
        self.switch.emit("StasisStart", channel=channel.json(), args=channel.args)
        return channel.json()

    def _make(self, id: str, endpoint: str, query: Json) -> FakeChannel:
        switch = self.switch
        if "/" not in endpoint:
            raise Refused(400, "Invalid endpoint specified")
        if id in switch.channels:
            raise Refused(409, "Channel with given unique ID already exists")
        name = endpoint
        if "@" in endpoint:
            name = "PJSIP/" + endpoint.rpartition("@")[2]
        if not switch.endpoints.get(name):
            raise Refused(500, "Allocation failed")
        shown = re.fullmatch(r'"(.*)" <(.*)>', query.get("callerId") or "")
        number, title = (shown[2], shown[1]) if shown else ("", "")
        channel = FakeChannel(
            id, switch.new_name(name), "Down", switch.clock.now(), number, title, "from-agent"
        )
        channel.dialled = channel.subscribed = True
        channel.exten = endpoint.partition("/")[2].partition("@")[0]
        switch.channels[id] = channel
        return channel

    def _ring_out(self, channel: FakeChannel, seconds: int) -> None:
        switch = self.switch
        channel.dialling = True
        switch.emit("Dial", peer=channel.json(), dialstatus="")
        if seconds > 0:
            when = switch.clock.now() + timedelta(seconds=seconds)
            channel.timeout = switch.clock.call_at(when, lambda: switch.times_out(channel))
        switch.rang.append(channel.id)

    def dial(self, id: str, query: Json, **_: Any) -> None:
        channel = self._channel(id, in_app=True)
        if channel.state != "Down" or channel.dialling:
            raise Refused(409, "Channel is not in the 'Down' state")
        self._ring_out(channel, int(query.get("timeout") or 0))

    def hang_up(self, id: str, query: Json, **_: Any) -> None:
        channel = self._channel(id)
        reason = query.get("reason")
        if reason is not None and reason not in REASONS:
            raise Refused(400, "Invalid reason for hangup reason provided")
        self.switch.hang_up(channel, int(query.get("reason_code") or REASONS[reason or "normal"]))

    async def answer_channel(self, id: str, **_: Any) -> None:
        channel = self._channel(id, in_app=True)
        await self._free(channel)
        if channel.state != "Up":
            channel.state = "Up"
            self.switch.emit("ChannelStateChange", channel=channel.json())

    def ring(self, id: str, **_: Any) -> None:
        self._channel(id, in_app=True).rings = True

    def ring_stop(self, id: str, **_: Any) -> None:
        self._channel(id, in_app=True).rings = False

    def mute(self, id: str, query: Json, **_: Any) -> None:
        self._channel(id, in_app=True).muted.add(query.get("direction", "both"))

    def unmute(self, id: str, query: Json, **_: Any) -> None:
        self._channel(id, in_app=True).muted.discard(query.get("direction", "both"))

    def send_keys(self, id: str, query: Json, **_: Any) -> None:
        self._channel(id, in_app=True).sent_keys += query["dtmf"]

    def get_variable(self, id: str, query: Json, **_: Any) -> Json:
        channel = self._channel(id)
        value = channel.variables.get(query["variable"])
        if value is None:
            function = "(" in query["variable"]
            raise Refused(
                *(
                    (500, "Unable to read provided function")
                    if function
                    else (404, "Provided variable was not found")
                )
            )
        return {"value": value}

    def set_variable(self, id: str, query: Json, **_: Any) -> None:
        channel, name = self._channel(id, in_app=True), query["variable"]
        channel.variables[name] = query.get("value") or ""
        if name.startswith("TALK_DETECT("):
            channel.listened_for_talk = name == "TALK_DETECT(set)"

    def transfer_progress(self, id: str, query: Json, **_: Any) -> None:
        self._channel(id).transfers.append(query["states"])

    def play(self, id: str, playback: str, query: Json, **_: Any) -> Json:
        channel = self._channel(id, in_app=True)
        media = query["media"]
        length = self.switch.length_of(media)
        operation = Operation("playback", playback, length, media, fails=length <= 0)
        return operation.playback(id, self.switch.begin(channel, operation))

    def record(self, id: str, query: Json, **_: Any) -> Json:
        channel = self._channel(id, in_app=True)
        name = query["name"]
        live = any(one.id == name for c in self.switch.channels.values() for one in c.operations)
        if live or (name in self.switch.stored and query.get("ifExists", "fail") == "fail"):
            raise Refused(409, f"Recording '{name}' already exists and can not be overwritten")
        keys = {"none": "", "any": "0123456789*#ABCD"}
        terminate = query.get("terminateOn") or "none"
        longest = float(query.get("maxDurationSeconds") or 0)
        operation = Operation("recording", name, longest, terminate_on=keys.get(terminate, terminate))
        if channel.bridge is not None:
            failed = operation.recording(id, "failed") | {"cause": "Cannot record channel while in bridge"}
            self.switch.emit("RecordingFailed", recording=failed)
            return operation.recording(id, "queued")
        return operation.recording(id, self.switch.begin(channel, operation))

    def snoop(self, id: str, snoop: str, query: Json, **_: Any) -> Json:
        if id not in self.switch.channels:
            raise Refused(404, "Provided channel was not found")
        if snoop in self.switch.channels:
            raise Refused(500, "Snoop channel could not be created")
        channel = FakeChannel(snoop, self.switch.new_name(f"Snoop/{id}"), "Up", self.switch.clock.now())
        channel.snoops_on, channel.in_app = id, True
        channel.whispers = query.get("whisper", "none") != "none"
        arguments = query.get("appArgs") or ""
        channel.args = [arguments] if arguments else []
        self.switch.channels[snoop] = channel
        self.switch.emit("StasisStart", channel=channel.json(), args=channel.args)
        return channel.json()

    # Bridges

    def make_bridge(self, id: str, query: Json, **_: Any) -> Json:
        if id in self.switch.bridges:
            raise Refused(409, f"Bridge with id '{id}' already exists")
        bridge = FakeBridge(id, query.get("type") or "mixing", self.switch.clock.now())
        self.switch.bridges[id] = bridge
        return bridge.json()

    def list_bridges(self, **_: Any) -> list[Json]:
        return [bridge.json() for bridge in self.switch.bridges.values()]

    def get_bridge(self, id: str, **_: Any) -> Json:
        return self._bridge(id).json()

    def destroy_bridge(self, id: str, **_: Any) -> None:
        self.switch.destroy(self._bridge(id))

    async def add_channel(self, id: str, query: Json, **_: Any) -> None:
        bridge, channels = self._bridge(id), self._members(query)
        for channel in channels:
            if not channel.in_app:
                raise Refused(422, "Channel not in Stasis application")
            if channel.recording:
                raise Refused(409, f"Channel {channel.id} currently recording")
        for channel in channels:
            await self._free(channel)
            if channel.id in self.switch.channels and id in self.switch.bridges:
                self.switch.join(bridge, channel)

    async def remove_channel(self, id: str, query: Json, **_: Any) -> None:
        self._bridge(id)
        for channel in self._members(query):
            if channel.bridge != id:
                raise Refused(422, "Channel not in this bridge")
            self.switch.leave(channel)

    def _members(self, query: Json) -> list[FakeChannel]:
        try:
            return [self._channel(one) for one in query["channel"].split(",")]
        except Refused:
            raise Refused(400, "Channel not found") from None

    def reload_module(self, module: str, **_: Any) -> None:
        self.switch.reloaded.append(module)

    def start_music(self, id: str, query: Json, **_: Any) -> None:
        self._bridge(id).music = query.get("mohClass") or "default"

    def play_in_bridge(self, id: str, playback: str, query: Json, **_: Any) -> Json:
        switch, media = self.switch, query["media"]
        self._bridge(id).played.append(media)
        told = {"id": playback, "media_uri": media, "target_uri": f"bridge:{id}", "language": "en"}
        switch.emit("PlaybackStarted", playback=told | {"state": "playing"})
        over = switch.clock.now() + timedelta(seconds=switch.length_of(media))
        done = told | {"state": "done"}
        switch.clock.call_at(over, lambda: switch.emit("PlaybackFinished", playback=done))
        return told | {"state": "playing"}

    async def _free(self, channel: FakeChannel) -> None:
        """A channel does one thing after the other: it is bridged only when what it plays is over."""
        await channel.idle.wait()

    # Playbacks and live recordings

    def _operation(self, kind: str, id: str) -> tuple[FakeChannel, Operation]:
        for channel in self.switch.channels.values():
            for one in channel.operations:
                if (one.kind, one.id) == (kind, id):
                    return channel, one
        raise Refused(404, f"{kind.title()} not found")

    def get_playback(self, id: str, **_: Any) -> Json:
        channel, operation = self._operation("playback", id)
        return operation.playback(channel.id, "playing" if operation is channel.operations[0] else "queued")

    def stop_playback(self, id: str, **_: Any) -> None:
        self.switch.finish(*self._operation("playback", id))

    def stop_recording(self, id: str, **_: Any) -> None:
        self.switch.finish(*self._operation("recording", id))

    def get_recording(self, id: str, **_: Any) -> Json:
        channel, operation = self._operation("recording", id)
        return operation.recording(
            channel.id, "recording" if operation is channel.operations[0] else "queued"
        )

    def cancel_recording(self, id: str, **_: Any) -> None:
        self.stop_recording(id)
        self.switch.stored.discard(id)

    def touch_recording(self, id: str, **_: Any) -> None:
        self._operation("recording", id)


_ROUTES = (
    ("PUT", "/applications/<app>/eventFilter", "filter_events"),
    ("GET", "/asterisk/info", "get_info"),
    ("PUT", "/asterisk/modules/<module>", "reload_module"),
    ("PUT", "/asterisk/config/dynamic/res_pjsip[^/]*/<kind>/<id>", "push_object"),
    ("DELETE", "/asterisk/config/dynamic/res_pjsip[^/]*/<kind>/<id>", "delete_object"),
    ("GET", "/endpoints/<tech>/<resource>", "get_endpoint"),
    ("GET", "/channels", "list_channels"),
    ("POST", "/channels/create", "create"),
    ("POST", "/channels/<id>", "originate"),
    ("GET", "/channels/<id>", "get_channel"),
    ("DELETE", "/channels/<id>", "hang_up"),
    ("POST", "/channels/<id>/answer", "answer_channel"),
    ("POST", "/channels/<id>/ring", "ring"),
    ("DELETE", "/channels/<id>/ring", "ring_stop"),
    ("POST", "/channels/<id>/mute", "mute"),
    ("DELETE", "/channels/<id>/mute", "unmute"),
    ("POST", "/channels/<id>/dial", "dial"),
    ("POST", "/channels/<id>/dtmf", "send_keys"),
    ("POST", "/channels/<id>/transfer_progress", "transfer_progress"),
    ("GET", "/channels/<id>/variable", "get_variable"),
    ("POST", "/channels/<id>/variable", "set_variable"),
    ("POST", "/channels/<id>/play/<playback>", "play"),
    ("POST", "/channels/<id>/record", "record"),
    ("POST", "/channels/<id>/snoop/<snoop>", "snoop"),
    ("GET", "/bridges", "list_bridges"),
    ("POST", "/bridges/<id>", "make_bridge"),
    ("GET", "/bridges/<id>", "get_bridge"),
    ("DELETE", "/bridges/<id>", "destroy_bridge"),
    ("POST", "/bridges/<id>/addChannel", "add_channel"),
    ("POST", "/bridges/<id>/removeChannel", "remove_channel"),
    ("POST", "/bridges/<id>/moh", "start_music"),
    ("POST", "/bridges/<id>/play/<playback>", "play_in_bridge"),
    ("GET", "/playbacks/<id>", "get_playback"),
    ("DELETE", "/playbacks/<id>", "stop_playback"),
    ("GET", "/recordings/live/<id>", "get_recording"),
    ("DELETE", "/recordings/live/<id>", "cancel_recording"),
    ("POST", "/recordings/live/<id>/stop", "stop_recording"),
    ("POST", "/recordings/live/<id>/pause", "touch_recording"),
    ("DELETE", "/recordings/live/<id>/pause", "touch_recording"),
    ("POST", "/recordings/live/<id>/mute", "touch_recording"),
    ("DELETE", "/recordings/live/<id>/mute", "touch_recording"),
)
