"""Voicemail: boxes of users and groups, and the messages in them."""
