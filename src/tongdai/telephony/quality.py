"""How a call sounded, from RTCP."""

from typing import Any

VARIABLE = "RTPAUDIOQOS"
"""What Asterisk knows of a channel's RTP when it ends; `channelvars` of ari.conf puts it into the channel's last event.
For example "ssrc=…;lp=lost;rxjitter=…;rxcount=…;…;rtt=…" (seconds and packets)."""


def quality_from(value: str) -> dict[str, Any]:
    """Round-trip time and jitter in ms, loss in per cent (both directions, worse one), and an estimated MOS (1–4.4).

    Empty when no packet was received, which says nothing about quality. What cannot be read counts as 0.
    """
    stats = {name: _number(text) for name, _, text in (part.partition("=") for part in value.split(";"))}

    def get(name: str) -> float:
        return stats.get(name, 0.0)

    if get("rxcount") == 0:
        return {}
    rtt, jitter = get("rtt") * 1000, max(get("rxjitter"), get("txjitter")) * 1000
    loss = max(_share(get("lp"), get("rxcount")), _share(get("rlp"), get("txcount")))
    return {
        "rtt_ms": round(rtt, 1),
        "jitter_ms": round(jitter, 1),
        "loss_pct": round(loss * 100, 2),
        "mos": round(mean_opinion_score(rtt, jitter, loss), 2),
    }


def mean_opinion_score(rtt_ms: float, jitter_ms: float, loss: float) -> float:
    """The simplified E-model (ITU-T G.107): R from delay and loss, then MOS from R. An estimate, good for comparing."""
    delay = rtt_ms / 2 + 2 * jitter_ms + 10
    r = 93.2 - (delay / 40 if delay < 160 else (delay - 120) / 10) - 2.5 * loss * 100
    r = min(100.0, max(0.0, r))
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)


def _share(lost: float, counted: float) -> float:
    return lost / (lost + counted) if lost + counted > 0 else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
