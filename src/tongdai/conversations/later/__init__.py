"""Replies that are sent later: at a time, or after a grace in which they can be taken back."""
