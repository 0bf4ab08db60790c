"""Shared sessions inside a conversation: a customer shows their page to the agent with whom they write."""
