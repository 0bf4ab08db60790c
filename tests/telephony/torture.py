"""The messages of RFC 4475, "SIP Torture Test Messages", addressed to a hotline of ours. Names are the RFC's.

`{n}` makes dialogs distinct, `{host}`, `{port}` are the sender's, `{server}` is Asterisk's port.
"""

_SDP = "v=0\r\no=mhandley 29739 7272939 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 49217 RTP/AVP 8\r\n"

INVITE = (
    "INVITE sip:19001234@127.0.0.1:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:0912000001@{host}>;tag=t{n}\r\nTo: <sip:19001234@127.0.0.1>\r\nCall-ID: torture-{n}@{host}\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:0912000001@{host}:{port}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
    "Content-Length: {length}\r\n\r\n{sdp}"
)
_REQUEST = (
    INVITE.replace("Content-Type: application/sdp\r\n", "").replace("{length}", "0").replace("{sdp}", "")
)


def _other(method: str) -> str:
    return _REQUEST.replace("INVITE", method)


VALID = {
    "wsinv": (
        "INVITE sip:19001234@127.0.0.1:{server};unknownparam SIP/2.0\r\nTO :\r\n sip:19001234@127.0.0.1 "
        ";   tag    = 1918181833n{n}\r\n"
        'from   : "J Rosenberg \\\\\\""       <sip:0912000001@{host}>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n'
        "Call-ID: wsinv.{n}@{host}\r\nContent-Length   : {length}\r\ncseq: 0009\r\n  INVITE\r\n"
        "Via  : SIP  /   2.0\r\n /UDP\r\n    {host}:{port};branch=z9hG4bK{n}\r\ns :\r\nNewFangledHeader:   newfangled value\r\n"
        " continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
        "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
        'm:"Quoted string \\"\\"" <sip:jdrosen@{host}:{port}>\r\n\r\n{sdp}'
    ),
    "intmeth": _REQUEST.replace("INVITE", "!interesting-Method0123456789_*+`.%indeed'~"),
    "esc01": INVITE.replace("0912000001@{host}>;tag", "%61lice%40example.com@{host}>;tag"),
    "escnull": _other("REGISTER").replace("sip:0912000001@{host}>;tag", "sip:null-%00-null@{host}>;tag"),
    "esc02": _REQUEST.replace("INVITE", "RE%47IST%45R"),
    "lwsdisp": _other("OPTIONS").replace("From: <", "From: caller<"),
    "longreq": INVITE.replace(
        "From: <", 'From: "I have a user name of extreme proportion' + "ly long" * 60 + '" <'
    ).replace(
        "Max-Forwards", "Unknown-" + "Long" * 40 + "-Name: unknown-" + "long" * 120 + "-value\r\nMax-Forwards"
    ),
    "dblreq": _other("REGISTER") + _REQUEST.replace("torture", "double"),
    "semiuri": _other("OPTIONS").replace("sip:19001234@", "sip:user;par=u%40example.net@"),
    "transports": _other("OPTIONS").replace(
        "Via:",
        "Via: SIP/2.0/SCTP t1.example.com;branch=a\r\nVia: SIP/2.0/UNKNOWN t3.example.com;branch=b\r\nVia:",
        1,
    ),
    "mpart01": INVITE.replace("application/sdp", "multipart/mixed;boundary=7a9cbec02ceef655").replace(
        "{sdp}", "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655--\r\n"
    ),
    "unreason": "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e\r\n"
    + _REQUEST.partition("\r\n")[2],
    "noreason": "SIP/2.0 100 \r\n" + _REQUEST.partition("\r\n")[2],
}
"""Well formed, and unlike what any phone sends."""

INVALID = {
    "badinv01": INVITE.replace("Contact: <", "Contact: Joe <").replace(
        "Via:", "Via: SIP/2.0/UDP {host};;,;,,\r\nVia:", 1
    ),
    "clerr": INVITE.replace("{length}", "9999"),
    "ncl": INVITE.replace("{length}", "-999"),
    "scalar02": _other("REGISTER")
    .replace("CSeq: 1", "CSeq: 36893488147419103232")
    .replace("Max-Forwards: 70", "Max-Forwards: 300"),
    "scalarlg": "SIP/2.0 503 Service Unavailable\r\nRetry-After: 949302838503028349304023988\r\n"
    + _REQUEST.partition("\r\n")[2],
    "quotbal": INVITE.replace("To: <", 'To: "Mr. J. User <'),
    "ltgtruri": INVITE.replace(
        "INVITE sip:19001234@127.0.0.1:{server}", "INVITE <sip:19001234@127.0.0.1:{server}>", 1
    ),
    "lwsruri": INVITE.replace("127.0.0.1:{server} SIP", "127.0.0.1:{server}; lr SIP", 1),
    "lwsstart": INVITE.replace("INVITE sip", "INVITE  sip", 1).replace(" SIP/2.0", "  SIP/2.0", 1),
    "trws": _other("OPTIONS").replace("SIP/2.0\r\n", "SIP/2.0  \r\n", 1),
    "escruri": INVITE.replace("{server} SIP", "{server}?Route=%3Csip:example.com%3E SIP", 1),
    "baddate": INVITE.replace("Max-Forwards", "Date: Fri, 01 Jan 2010 16:00:00 EST\r\nMax-Forwards"),
    "regbadct": _other("REGISTER").replace(
        "Contact: <sip:0912000001@{host}:{port}>", "Contact: sip:user@example.com?Route=%3Csip:x%3E"
    ),
    "badaspec": _other("OPTIONS").replace(
        "To: <sip:19001234@127.0.0.1>", 'To: "Watson, Thomas" < sip:t.watson@example.org >'
    ),
    "baddn": _other("OPTIONS").replace("From: <", "From: Bell, Alexander <"),
    "badvers": INVITE.replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1),
    "mismatch01": _other("OPTIONS").replace("CSeq: 1 OPTIONS", "CSeq: 8 INVITE"),
    "mismatch02": _REQUEST.replace("INVITE sip", "NEWMETHOD sip", 1),
    "bigcode": "SIP/2.0 4294967301 better not break the receiver\r\n" + _REQUEST.partition("\r\n")[2],
    "badbranch": _other("OPTIONS").replace("branch=z9hG4bK{n}", "branch=z9hG4bK"),
    "insuf": "INVITE sip:19001234@127.0.0.1 SIP/2.0\r\nCSeq: 193942 INVITE\r\n"
    "Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{n}\r\n\r\n",
    "unkscm": _other("OPTIONS").replace("OPTIONS sip:", "OPTIONS nobodyKnowsThisScheme:", 1),
    "novelsc": _other("OPTIONS").replace(
        "OPTIONS sip:19001234@127.0.0.1:{server}", "OPTIONS soap.beep://192.0.2.103:3002", 1
    ),
    "unksm2": _other("REGISTER").replace("From: <sip:", "From: <name:"),
    "bext01": _other("OPTIONS").replace(
        "Max-Forwards", "Require: nothingSupportsThis\r\nProxy-Require: noProxiesSupportThis\r\nMax-Forwards"
    ),
    "invut": INVITE.replace("application/sdp", "application/unknownformat"),
    "regaut01": _other("REGISTER").replace(
        "Max-Forwards", 'Authorization: NoOneKnowsThisScheme opaque="h"\r\nMax-Forwards'
    ),
    "multi01": INVITE.replace(
        "CSeq: 1 INVITE",
        "CSeq: 1 INVITE\r\nCSeq: 59 INVITE\r\nCall-ID: second\r\nFrom: <sip:a@b>;tag=2\r\nTo: <sip:b@c>",
    ),
    "mcl01": _other("OPTIONS").replace("Content-Length: 0", "Content-Length: 0\r\nContent-Length: 13"),
    "bcast": "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK{n}\r\n"
    + _REQUEST.partition("\r\n")[2],
    "zeromf": _other("OPTIONS").replace("Max-Forwards: 70", "Max-Forwards: 0"),
    "cparam01": _other("REGISTER").replace("{port}>", "{port};unknownparam>"),
    "cparam02": _other("REGISTER").replace(
        "<sip:0912000001@{host}:{port}>", "sip:0912000001@{host};unknownparam"
    ),
    "regescrt": _other("REGISTER").replace("{port}>", "{port}?Route=%3Csip:sip.example.com%3E>"),
    "sdp01": INVITE.replace("Max-Forwards", "Accept: text/nobodyKnowsThis\r\nMax-Forwards"),
    "inv2543": INVITE.replace(";branch=z9hG4bK{n}", "")
    .replace(";tag=t{n}", "")
    .replace("Max-Forwards: 70\r\n", ""),
}
"""Against the grammar, or well formed and impossible."""

NASTY = {
    "nul in the number": INVITE.replace("0912000001@{host}>;tag", "null-%00-null@{host}>;tag"),
    "nul in the name": INVITE.replace("From: <", 'From: "a\x00b" <'),
    "no utf-8": INVITE.replace("From: <", 'From: "\udcff\udcfe" <'),
    "an escape sequence": INVITE.replace("From: <", 'From: "\x1b[31mred" <'),
    "a quote for sql": INVITE.replace(
        "From: <sip:0912000001", "From: \"'; DROP TABLE calls; --\" <sip:'%3B--"
    ),
    "only spaces": INVITE.replace("From: <", 'From: "   " <'),
    "a script": INVITE.replace("From: <", 'From: "<script>alert(1)</script>" <'),
}
"""Beyond the RFC: what ends up in a database or on a screen."""


def message(text: str, *, number: int, host: str, port: int, server: int) -> bytes:
    values = {"n": str(number), "host": host, "port": str(port), "server": str(server)}
    body = _SDP
    for name, value in values.items():
        body = body.replace("{" + name + "}", value)
        text = text.replace("{" + name + "}", value)
    head, gap, rest = text.partition("\r\n\r\n")
    rest = rest.replace("{sdp}", body)
    head = head.replace("{length}", str(len(rest.encode("utf-8", "surrogateescape"))))
    return (head + gap + rest).encode("utf-8", "surrogateescape")
