"""Flows: one engine for IVR and chatbots. See README.md."""
