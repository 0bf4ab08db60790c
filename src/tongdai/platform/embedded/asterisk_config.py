"""The complete configuration of an Asterisk that belongs to Tongdai, rendered from one frozen value.

Only transports, the ARI account and the entrance are in files. Endpoints, accounts, trunks and registrations are pushed
over ARI into memory (`sorcery.conf`), and pushed again after a restart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ARI_USER = "tongdai"
STASIS_APP = "tongdai"
IDENTITY_VARIABLE = "TONGDAI_IDENTITY"
FROM_TRUNK = "from-trunk"
FROM_AGENT = "from-agent"
MAILBOXES = "tongdai"
"""The context of users' mailboxes, whose messages phones are told of."""
MESSAGE_LIGHT = "message-light"
"""The context whose extensions are such mailboxes: a call there says how many messages are in it (NEW, HEARD)."""
RETRY_SECONDS = 15
"""So long a new call hears ringing, and a call already up hears music, while the app is away."""


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A relay that Asterisk offers as its own address."""

    address: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """Everything that differs from one installation to the next."""

    sip_host: str
    sip_port: int
    http_port: int
    """Loopback only: ARI and the browser's SIP-over-WebSocket, which the edge alone leads outside."""
    ari_password: str
    identity: str
    """A random token that ARI gives back, so that we know the Asterisk that answers to be ours."""
    rtp_ports: tuple[int, int] = (10000, 20000)
    external_address: str | None = None
    """The address that peers outside `local_networks` are told for signalling and media (NAT)."""
    local_networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    stun: str | None = None
    turn: TurnServer | None = None
    ice_host_candidates: Mapping[str, str] | None = None
    """Own address → address told to browsers, for hosts behind static NAT."""
    sip_tls_port: int = 0
    """Where carriers open a TLS connection to us; 0: any free port, enough for those to whom we open it."""
    sip_tls_certificate: tuple[Path, Path] | None = None
    """Certificate and key that we show; none: our own authority's."""
    sip_tls_authorities: Path | None = None
    """Whose certificates of carriers we believe; none: the system's."""


@dataclass(frozen=True, slots=True)
class AsteriskPaths:
    """Where an installation has its parts, and where this instance keeps its own."""

    modules: Path
    data: Path
    home: Path
    run: Path
    """The control socket's directory; short, for the kernel's limit."""

    @property
    def etc(self) -> Path:
        return self.home / "etc"

    @property
    def spool(self) -> Path:
        return self.home / "spool"

    @property
    def log(self) -> Path:
        return self.home / "log"


SIP_CERTIFICATE = "sip-tls.pem"
SIP_AUTHORITIES = "sip-authorities.pem"

_UNHEARD = (
    "ast_channel_varset_type", "ast_channel_dial_type", "ast_channel_moh_start_type", "ast_channel_moh_stop_type",
    "ast_channel_dtmf_begin_type", "ast_channel_hangup_handler_type", "ast_rtp_rtcp_sent_type",
    "ast_rtp_rtcp_received_type", "ast_local_bridge_type", "ast_local_optimization_begin_type",
    "ast_local_optimization_end_type",
)  # fmt: skip
"""Messages within Asterisk that nobody here asks for; each costs a hop between threads: 7 % of Asterisk's CPU per call."""


def render(settings: AsteriskSettings, paths: AsteriskPaths, modules: Iterable[str]) -> dict[str, str]:
    """File name → text of the whole `etc` directory."""
    return {
        "asterisk.conf": _asterisk(paths),
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in modules),
        "logger.conf": _LOGGER,
        "http.conf": _http(settings),
        "ari.conf": _ari(settings),
        "pjsip.conf": _pjsip(settings, paths),
        "sorcery.conf": _SORCERY,
        "rtp.conf": _rtp(settings),
        "musiconhold.conf": f"[default]\nmode=files\ndirectory={paths.data}/moh\nsort=random\n"
        f"\n#tryinclude {paths.home}/sounds/music.conf\n",
        "extensions.conf": _extensions(settings),
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        # Else Asterisk takes *8 for its own pick-up, and refuses it.
        "features.conf": "[general]\npickupexten=\n",
        "indications.conf": _INDICATIONS,
        "ccss.conf": "[general]\n",
        "udptl.conf": "[general]\n",
        "manager.conf": "[general]\nenabled=no\n",
        "amd.conf": "[general]\n",
        **{
            f"{name}.conf": ""
            for name in ("acl", "minivm", "pjproject", "websocket_client", "chan_websocket")
        },
        "codecs.conf": _CODECS,
        "stasis.conf": "[declined_message_types]\n" + "".join(f"decline={name}\n" for name in _UNHEARD),
    }


def _asterisk(paths: AsteriskPaths) -> str:
    return f"""[directories]
astetcdir={paths.etc}
astmoddir={paths.modules}
astvarlibdir={paths.home}/lib
astdbdir={paths.home}/lib
astkeydir={paths.home}/keys
astdatadir={paths.data}
astagidir={paths.home}/agi
astspooldir={paths.spool}
astrundir={paths.run}
astlogdir={paths.log}
astsbindir={paths.home}

[options]
verbose=0
nocolor=yes
transmit_silence=yes
hideconnect=yes
live_dangerously=no
lightbackground=no

[files]
astctlpermissions=0660
"""


def _http(settings: AsteriskSettings) -> str:
    return f"""[general]
enabled=yes
bindaddr=127.0.0.1
bindport={settings.http_port}
enable_static=no
enable_status=no
sessionlimit=20000
session_inactivity=60000
session_keep_alive=60000
"""


def _ari(settings: AsteriskSettings) -> str:
    # What is known of the sound goes with the channel's last event, and so costs no event of its own.
    return f"""[general]
enabled=yes
channelvars=RTPAUDIOQOS
pretty=no
websocket_write_timeout=1000

[{ARI_USER}]
type=user
read_only=no
password={settings.ari_password}
password_format=plain
"""


def _pjsip(settings: AsteriskSettings, paths: AsteriskPaths) -> str:
    nat = _nat(settings, settings.sip_port)
    host = f"[{settings.sip_host}]" if ":" in settings.sip_host else settings.sip_host
    transports = "".join(
        f"\n[transport-{protocol}]\ntype=transport\nprotocol={protocol}\nbind={host}:{settings.sip_port}\n{nat}"
        for protocol in ("udp", "tcp")
    )
    # The WebSocket transport's own address is http.conf's; this one only names the protocol.
    return f"""[global]
type=global
user_agent=Tongdai
; A trunk that signs in by digest may present any caller's number in From.
endpoint_identifier_order=ip,auth_username,username
keep_alive_interval=30
unidentified_request_count=5
unidentified_request_period=5
unidentified_request_prune_interval=30

[system]
type=system
timer_t1=500
timer_b=32000
disable_tcp_switch=yes
threadpool_initial_size=8
threadpool_auto_increment=8
threadpool_max_size=64
{transports}
[transport-tls]
type=transport
protocol=tls
bind={host}:{settings.sip_tls_port}
method=tlsv1_2
cert_file={paths.etc / SIP_CERTIFICATE}
priv_key_file={paths.etc / SIP_CERTIFICATE}
ca_list_file={paths.etc / SIP_AUTHORITIES}
verify_server=yes
{_nat(settings, settings.sip_tls_port)}
[transport-ws]
type=transport
protocol=ws
bind=0.0.0.0
{nat}
[transport-wss]
type=transport
protocol=wss
bind=0.0.0.0
{nat}"""


def _nat(settings: AsteriskSettings, port: int) -> str:
    """What is told to peers outside of where we are; `port` 0: as it comes."""
    if settings.external_address is None:
        return ""
    lines = [
        f"external_media_address={settings.external_address}",
        f"external_signaling_address={settings.external_address}",
        *([f"external_signaling_port={port}"] if port else []),
        *(f"local_net={network}" for network in settings.local_networks),
    ]
    return "\n".join(lines) + "\n"


_SORCERY = """[res_pjsip]
auth=config,pjsip.conf,criteria=type=auth
auth=memory
aor=config,pjsip.conf,criteria=type=aor
aor=memory
endpoint=config,pjsip.conf,criteria=type=endpoint
endpoint=memory
contact=astdb,registrar

[res_pjsip_endpoint_identifier_ip]
identify=config,pjsip.conf,criteria=type=identify
identify=memory

[res_pjsip_outbound_registration]
registration=config,pjsip.conf,criteria=type=registration
registration=memory
"""


def _rtp(settings: AsteriskSettings) -> str:
    start, end = settings.rtp_ports
    lines = [
        "[general]",
        f"rtpstart={start}",
        f"rtpend={end}",
        "icesupport=yes",
        "strictrtp=yes",
        "rtcpinterval=5000",
    ]
    if settings.stun is not None:
        lines.append(f"stunaddr={settings.stun}")
    if settings.turn is not None:
        turn = settings.turn
        lines += [
            f"turnaddr={turn.address}",
            f"turnusername={turn.username}",
            f"turnpassword={turn.password}",
        ]
    if settings.ice_host_candidates:
        lines += ["", "[ice_host_candidates]"]
        lines += [f"{own} => {told}" for own, told in settings.ice_host_candidates.items()]
    return "\n".join(lines) + "\n"


def _extensions(settings: AsteriskSettings) -> str:
    return f"""[general]
static=yes
writeprotect=yes
autofallthrough=yes
clearglobalvars=no

[globals]
{IDENTITY_VARIABLE}={settings.identity}
{_entrance(FROM_TRUNK)}{_entrance(FROM_AGENT, _TRANSFERS_TOLD)}
[{MESSAGE_LIGHT}]
exten => _[0-9a-f].,1,MinivmMWI(${{EXTEN}}@{MAILBOXES},0,${{NEW}},${{HEARD}})
 same => n,Hangup()
"""


_TRANSFERS_TOLD = " same => n,Set(PJSIP_TRANSFER_HANDLING()=ari-only)\n"
"""What a phone transfers (REFER) is told to the app, which does it."""


def _entrance(context: str, first: str = "") -> str:
    """Hand every call to the app under the number that was dialled; see RETRY_SECONDS."""
    steps = f"""
exten => %s,1,Set(UNTIL=$[${{EPOCH}} + {RETRY_SECONDS}])
{first} same => n(enter),Stasis({STASIS_APP},{context})
 same => n,GotoIf($["${{STASISSTATUS}}" = "SUCCESS"]?done)
 same => n,GotoIf($[${{EPOCH}} >= ${{UNTIL}}]?away)
 same => n,GotoIf($["${{AWAITING}}" = "yes"]?wait)
 same => n,Set(AWAITING=yes)
 same => n,GotoIf($["${{CHANNEL(state)}}" = "Up"]?music)
 same => n,Ringing()
 same => n,Goto(wait)
 same => n(music),StartMusicOnHold()
 same => n(wait),Wait(0.2)
 same => n,Goto(enter)
 same => n(done),Hangup()
 same => n(away),Hangup(42)
"""
    # No single letter: `h` is the extension that runs after a hang-up, and would enter the app again.
    return f"\n[{context}]" + "".join(steps % pattern for pattern in ("_[+*#0-9]", "_[+*#0-9a-zA-Z]."))


_LOGGER = """[general]
dateformat=%F %T.%3q
use_callids=yes
appendhostname=no

[logfiles]
asterisk.log => notice,warning,error,security
"""

_CODECS = """[opus]
type=opus
fec=yes
packet_loss=5
"""

_INDICATIONS = """[general]
country=us

[us]
description=United States / North America
ringcadence=2000,4000
dial=350+440
busy=480+620/500,0/500
ring=440+480/2000,0/4000
congestion=480+620/250,0/250
callwaiting=440/300,0/10000
dialrecall=!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440
record=1400/500,0/15000
info=!950/330,!1400/330,!1800/330,0
stutter=!350+440/100,!0/100,!350+440/100,!0/100,350+440
"""
