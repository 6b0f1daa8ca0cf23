"""Matrix as agents' desk: a private room a case, answered in any Matrix client."""

from bot.adapters.desks.matrix.desk import MatrixDesk
from bot.adapters.desks.matrix.settings import MatrixSettings

__all__ = ["MatrixDesk", "MatrixSettings"]
