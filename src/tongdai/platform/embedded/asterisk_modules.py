"""Which modules Asterisk loads: what calls, WebRTC, ARI and recording need, and nothing that opens another door.

Left out on purpose: `res_pjsip_endpoint_identifier_anonymous` (an unknown peer must never reach the dialplan), the
manager interface, AGI, other channel drivers, and everything that runs shell commands (of `app_minivm`, only
MinivmMWI is in our dialplan: it lights the message lamps of phones).
"""

import re

_SIP = """
res_crypto res_timing_timerfd res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_http_websocket
res_pjsip res_pjsip_session res_pjsip_sdp_rtp chan_pjsip res_pjsip_authenticator_digest
res_pjsip_outbound_authenticator_digest res_pjsip_registrar res_pjsip_outbound_registration
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_transport_websocket
res_pjsip_caller_id res_pjsip_nat res_pjsip_rfc3326 res_pjsip_diversion res_pjsip_pubsub res_pjsip_refer
res_pjsip_header_funcs res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_path res_pjsip_logger
res_pjsip_dlg_options res_pjsip_acl res_pjsip_maintenance
"""
_MEDIA = """
res_rtp_asterisk res_srtp res_format_attr_opus codec_ulaw codec_alaw codec_a_mu codec_g722 codec_gsm codec_resample
format_pcm format_wav format_wav_gsm format_gsm format_sln res_musiconhold res_mutestream bridge_simple
bridge_softmix bridge_holding bridge_native_rtp bridge_builtin_features
"""
_ARI = """
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_device_state
app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels
res_ari_device_states res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
chan_bridge_media
"""
_DIALPLAN = """
pbx_config app_dial app_playback app_stack app_verbose app_senddtmf func_callerid func_channel func_dialplan
func_global func_hangupcause func_logic func_math func_strings func_timeout func_pjsip_aor func_pjsip_contact
func_pjsip_endpoint func_sorcery
"""
_EXTRA = """
codec_opus_open_source codec_opus format_ogg_opus_open_source res_rtp_multicast chan_rtp chan_websocket
res_websocket_client res_audiosocket chan_audiosocket res_security_log app_amd app_echo app_milliwatt app_playtones
res_tonedetect func_volume func_talkdetect func_jitterbuffer func_uuid func_rand res_stasis_broadcast
app_stasis_broadcast res_pjsip_rfc3329 bridge_builtin_interval_features
res_pjsip_mwi res_pjsip_mwi_body_generator app_minivm
"""

REQUIRED: tuple[str, ...] = tuple((_SIP + _MEDIA + _ARI + _DIALPLAN).split())
"""Without one of these Tongdai does not work."""

OPTIONAL: tuple[str, ...] = tuple(_EXTRA.split())
"""Loaded where they are there; `doctor` says what is missed without them."""


def phones_may_transfer(version: str) -> bool:
    """Whether this Asterisk tells us of a phone's REFER and survives it: before 22.11, one with "Refer-Sub: false" is its end
    (asterisk/asterisk#2021)."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None:
        return False
    release = (int(found[1]), int(found[2]))
    return (22, 11) <= release < (23, 0) or release >= (24, 0)
