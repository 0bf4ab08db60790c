"""What Asterisk is told of phones and lines: the objects of res_pjsip, decided purely.

They live in Asterisk's memory and are pushed again after a restart of it. Names of endpoints are unique in the installation;
extensions are entries of the dial plan, not names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from tongdai.platform.embedded.asterisk_config import MAILBOXES
from tongdai.telephony.outbound.dialplan import OWN_MESSAGES
from tongdai.telephony.repository import DeviceRow, TrunkRow

BROWSER_CODECS = "opus,ulaw,alaw"
PHONE_CODECS = "ulaw,alaw,g722,opus"


@dataclass(frozen=True, slots=True)
class ConfigObject:
    """One object of Asterisk's configuration: `fields` are attribute → value."""

    config_class: str
    kind: str
    id: str
    fields: dict[str, str]


def device_objects(
    device: DeviceRow, grace: float, media_address: str | None = None, *, transfers: bool = False
) -> Iterator[ConfigObject]:
    """A softphone in a browser, or a SIP phone. A leg without media is ended after the grace time at most. `transfers`: what it
    transfers by REFER is told to us and carried out by us; else it is refused.

    Sound of SIP phones is taken at `media_address` alone, if given. A browser's is not: its candidates are the addresses of
    this machine's interfaces, whichever they are, and only who holds the keys of the call's DTLS is heard.
    """
    name = device.sip_name
    yield _auth(name, name, device.password)
    webrtc = device.kind == "webrtc"
    yield ConfigObject(
        "res_pjsip",
        "aor",
        name,
        {
            "max_contacts": "1",
            "remove_existing": "yes",
            "remove_unavailable": "yes",
            "qualify_frequency": "0" if webrtc else "30",
            "maximum_expiration": "120" if webrtc else "3600",
            **({} if webrtc else {"mailboxes": mailbox_of(device.user_id)}),
        },
    )
    fields = {
        "aors": name,
        "auth": name,
        "context": "from-agent",
        "disallow": "all",
        "allow": BROWSER_CODECS if webrtc else PHONE_CODECS,
        "direct_media": "no",
        "dtmf_mode": "auto",
        # A browser sends all the time; a desk phone may be silent while muted.
        "rtp_timeout": str(max(5, round(grace / 2))) if webrtc else "60",
        "rtp_timeout_hold": "600",
        # The agent's screen says who is on the line; a re-INVITE at each bridging would only cost.
        "send_connected_line": "no",
        "rtp_keepalive": "5",
        "device_state_busy_at": "0",
        "trust_id_outbound": "yes",
        "send_pai": "yes",
        "allow_transfer": "yes" if transfers else "no",
    }
    if webrtc:
        fields |= {"webrtc": "yes", "dtls_auto_generate_cert": "yes"}
    else:
        fields |= {"force_rport": "yes", "rewrite_contact": "yes", "rtp_symmetric": "yes"}
        # The message light: a phone that subscribes is told so, any other is told unasked.
        fields |= {"mailboxes": mailbox_of(device.user_id), "mwi_subscribe_replaces_unsolicited": "yes"}
        fields |= {"voicemail_extension": OWN_MESSAGES}
        fields |= _bound(media_address)
    yield ConfigObject("res_pjsip", "endpoint", name, fields)


def mailbox_of(user_id: UUID) -> str:
    """By what name Asterisk counts a user's messages."""
    return f"{user_id.hex}@{MAILBOXES}"


def trunk_objects(trunk: TrunkRow, media_address: str | None = None) -> Iterator[ConfigObject]:
    """A line: the provider signs in to us by digest (or comes from a known address), or we register with it.

    Its sound is taken at `media_address` alone, if given.
    """
    name = trunk.sip_name
    yield _auth(name, trunk.username, trunk.password)
    aor = {"max_contacts": "4", "remove_unavailable": "yes", "qualify_frequency": "0"}
    if trunk.host:
        aor |= {"contact": trunk_uri(trunk), "qualify_frequency": "30"}
    yield ConfigObject("res_pjsip", "aor", name, aor)
    fields = {
        "aors": name,
        "context": "from-trunk",
        "disallow": "all",
        "allow": ",".join(trunk.codecs),
        "direct_media": "no",
        "dtmf_mode": "auto",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "rtp_symmetric": "yes",
        "rtp_timeout": "60",
        "rtp_timeout_hold": "600",
        "send_connected_line": "no",
        "identify_by": "auth_username,ip,username",
        "trust_id_inbound": "yes",
        "send_pai": "yes",
        # Nobody out there sends our calls anywhere.
        "allow_transfer": "no",
        "timers": "yes",
        **({"media_encryption": "sdes"} if trunk.srtp else {}),
        **_bound(media_address),
    }
    if not trunk.match:
        fields["auth"] = name
    if trunk.host:
        fields["outbound_auth"] = name
        fields["from_user"] = trunk.username
    yield ConfigObject("res_pjsip", "endpoint", name, fields)
    if trunk.match:
        yield ConfigObject(
            "res_pjsip",
            "identify",
            name,
            {"endpoint": name, "match": ",".join(trunk.match)},
        )
    if trunk.registers:
        yield ConfigObject(
            "res_pjsip",
            "registration",
            name,
            {
                # Asterisk would wait up to ten seconds, so as not to greet one carrier with hundreds of lines at once.
                "max_random_initial_delay": "1",
                "server_uri": trunk_uri(trunk),
                "client_uri": client_uri(trunk),
                "outbound_auth": name,
                "retry_interval": "20",
                "forbidden_retry_interval": "300",
                "fatal_retry_interval": "300",
                # Else a carrier that is away for minutes, or a wrong password, is the end of it until somebody edits the trunk.
                "auth_rejection_permanent": "no",
                "max_retries": "1000000",
                "line": "yes",
                "endpoint": name,
            },
        )


def _bound(media_address: str | None) -> dict[str, str]:
    """Else Asterisk opens the ports of each call on every interface of the machine."""
    if media_address is None:
        return {}
    return {"media_address": media_address, "bind_rtp_to_media_address": "yes"}


def trunk_uri(trunk: TrunkRow) -> str:
    suffix = "" if trunk.transport == "udp" else f";transport={trunk.transport}"
    return f"sip:{trunk.host}{suffix}"


def client_uri(trunk: TrunkRow) -> str:
    """The account by which a trunk is registered with its carrier."""
    return f"sip:{quote(trunk.username)}@{trunk.host}"


def _auth(name: str, username: str, password: str) -> ConfigObject:
    return ConfigObject(
        "res_pjsip",
        "auth",
        name,
        {"auth_type": "userpass", "username": username, "password": password},
    )
