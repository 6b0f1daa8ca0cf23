"""Trains models and makes one of them serve (docs/models.md)."""

from bot.tools.training.activation import activate, roll_back
from bot.tools.training.model_fingerprint import fingerprint, is_trained
from bot.tools.training.run import RASA_ENVIRONMENT, TrainingFailed, train
from bot.tools.training.running_bot import find_bot

__all__ = ["RASA_ENVIRONMENT", "TrainingFailed", "activate", "find_bot", "fingerprint", "is_trained", "roll_back",
           "train"]
