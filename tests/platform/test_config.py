"""Settings: where they come from, and that each mistake is named with its key and mend."""

from pathlib import Path

import pytest

from tongdai.platform.config import ConfigurationError, Settings, load_settings, write_settings

BASE = {"DATABASE_URL": "postgresql://db/tongdai"}


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "tongdai.toml"
    file.write_text('database_dsn = "file"\nsip_port = 5070\nrtp_start = 12000\nice_servers = ["stun:a"]\n')
    settings = load_settings(file, {"TONGDAI_SIP_PORT": "5080", **BASE}, rtp_start=13000, data_dir=None)
    assert (settings.database_dsn, settings.sip_port, settings.rtp_start) == (
        BASE["DATABASE_URL"],
        5080,
        13000,
    )
    assert settings.ice_servers == ("stun:a",)


def test_a_list_in_the_environment_is_separated_by_commas() -> None:
    settings = load_settings(environ={**BASE, "TONGDAI_LOCAL_NETWORKS": "10.1.0.0/16, 10.2.0.0/16"})
    assert settings.local_networks == ("10.1.0.0/16", "10.2.0.0/16")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "set DATABASE_URL"),
        ({**BASE, "TONGDAI_SIP_PROT": "5060"}, "TONGDAI_SIP_PROT is not a setting: did you mean sip_port?"),
        ({**BASE, "TONGDAI_SIP_PORT": "many"}, "TONGDAI_SIP_PORT is wrong: .*integer.*default: 5060"),
        ({**BASE, "TONGDAI_RTP_START": "19999"}, "rtp_end must be at least 20 above"),
        ({**BASE, "TONGDAI_TLS_KEY": "/k"}, "tls_certificate and tls_key go together"),
        ({**BASE, "TONGDAI_ARI_URL": "http://pbx/ari"}, "ari_url needs ari_password"),
        ({**BASE, "TONGDAI_CONFIG": "/nowhere.toml"}, "/nowhere.toml cannot be read .*check the path"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_mend(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_settings(environ=environ)


def test_a_mistake_in_the_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tongdai.toml"
    file.write_text("sip_port = 0\n")
    with pytest.raises(ConfigurationError, match=f"sip_port in {file} is wrong"):
        load_settings(file, BASE)
    file.write_text("sip_port = \n")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        load_settings(file, BASE)


def test_written_settings_are_read_back_and_private(tmp_path: Path) -> None:
    settings = Settings(
        database_dsn="host='/a b' user=x",
        ari_url="http://127.0.0.1:1/ari",
        ari_password='"\\ü',
        data_dir=tmp_path,
    )
    file = tmp_path / "settings.toml"
    write_settings(file, settings)
    assert load_settings(file, {}) == settings
    assert file.stat().st_mode & 0o077 == 0


def test_networks_of_an_assistant_are_networks():
    given = {"DATABASE_URL": "postgresql://x/y", "TONGDAI_ASSISTANT_NETWORKS": "10.1.2.0/24, fd00::/8"}
    assert load_settings(environ=given).assistant_networks == ("10.1.2.0/24", "fd00::/8")
    with pytest.raises(ConfigurationError, match=r"10\.1\.2\.3/24 is no network"):
        load_settings(environ={**given, "TONGDAI_ASSISTANT_NETWORKS": "10.1.2.3/24"})
