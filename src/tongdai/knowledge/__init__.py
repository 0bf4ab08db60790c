"""What the centre knows: articles that answer customers."""

from tongdai.knowledge.module import register

__all__ = ["register"]
