"""Reads the training data of `data/` for Rasa's own commands, all but the test stories.

`rasa test core` looks for test stories in `data/`, where Rasa's usual importer would also train with them.
"""

from __future__ import annotations

from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import story_graph_from_paths


class TrainingImporter(RasaFileImporter):
    """Rasa's usual importer, without the files `test_*.yml`. `rasa test` does not ask the importer of `config.yml`."""

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """The stories and rules to train with."""
        paths = [path for path in self._story_files if path not in self._conversation_test_files]
        return story_graph_from_paths(paths, self.get_domain(), exclusion_percentage)
