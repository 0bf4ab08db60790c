"""Asterisk: there, ours, complete, and driven by an app."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from tongdai.entrypoints.doctor.desktop import fetch
from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings
from tongdai.platform.embedded.asterisk_modules import OPTIONAL, REQUIRED, phones_may_transfer


def asterisk(settings: Settings) -> Iterator[Finding]:
    if not settings.ari_url:
        text = (
            "no Asterisk is configured: set TONGDAI_ARI_URL and TONGDAI_ARI_PASSWORD, or use `tongdai demo`."
        )
        yield Finding("wrong", "Asterisk", text)
        return
    try:
        info = _ari(settings, "asterisk/info")
        modules = {
            str(module["name"]).removesuffix(".so"): str(module["status"])
            for module in _ari(settings, "asterisk/modules")
        }
    except urllib.error.HTTPError as error:
        text = f"{settings.ari_url} answers {error.code}: check TONGDAI_ARI_USER, TONGDAI_ARI_PASSWORD and ari.conf."
        yield Finding("wrong", "Asterisk", text)
        return
    except (OSError, ValueError) as error:
        yield Finding("wrong", "Asterisk", f"{settings.ari_url} does not answer ({error}): start it.")
        return
    version = str(info.get("system", {}).get("version", ""))
    yield Finding("ok", "Asterisk", f"{version} answers")
    if version and not phones_may_transfer(version):
        text = (
            f"desk phones' own transfer button is refused by Asterisk {version}, which it could crash: agents transfer in the"
            " desktop or by keys (## and the number); the button works from Asterisk 22.11 on."
        )
        yield Finding("hint", "Desk phones", text)
    lacking = [name for name in REQUIRED if modules.get(name) != "Running"]
    if lacking:
        text = f"not running: {', '.join(lacking)}: load them in modules.conf."
        yield Finding("wrong", "Asterisk modules", text)
    else:
        yield Finding("ok", "Asterisk modules", "all that are needed run")
    if not {"codec_opus", "codec_opus_open_source"} & modules.keys():
        yield Finding("hint", "Codec", "no Opus: browsers use G.711; load codec_opus for better sound.")
    missing = [name for name in OPTIONAL if name not in modules and not name.startswith("codec_opus")]
    if missing:
        yield Finding(
            "hint", "Asterisk modules", f"do without {', '.join(missing)}: load them for what they bring."
        )


def _ari(settings: Settings, path: str) -> Any:
    credentials = b64encode(f"{settings.ari_user}:{settings.ari_password}".encode()).decode()
    request = urllib.request.Request(f"{settings.ari_url}/{path}")  # noqa: S310 (validated as http(s))
    request.add_header("Authorization", f"Basic {credentials}")
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return json.load(answer)


def calls(settings: Settings) -> Iterator[Finding]:
    """Whether an app drives Asterisk: both may be up and still not know each other."""
    if not settings.ari_url:
        return
    try:
        status, body = fetch(settings, "/api/v1/ready")
        parts: dict[str, bool] = json.loads(body)
    except (OSError, ValueError):
        return  # said under Desktop
    if status == 200 and all(parts.values()):
        yield Finding("ok", "Calls", "are taken")
        return
    text = (
        "this app does not drive Asterisk: look into its log (of a demo: log/app.log), or start it again; on one of "
        "several nodes this is as it should be while another one does."
    )
    yield Finding("wrong", "Calls", text)
