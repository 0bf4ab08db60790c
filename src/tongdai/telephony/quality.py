"""How a call sounded, from RTCP."""

from collections.abc import Mapping
from typing import Any


def quality_from(stats: Mapping[str, Any]) -> dict[str, Any]:
    """Round-trip time and jitter in ms, loss in per cent (both directions, worse one), and an estimated MOS (1–4.4)."""
    rtt = float(stats.get("rtt") or 0) * 1000
    jitter = max(float(stats.get("rxjitter") or 0), float(stats.get("txjitter") or 0)) * 1000
    received, sent = float(stats.get("rxcount") or 0), float(stats.get("txcount") or 0)
    loss = max(
        _share(float(stats.get("rxploss") or 0), received), _share(float(stats.get("txploss") or 0), sent)
    )
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
