"""scikit-learn: TF-IDF of words (1–2) and characters (2–5), and a linear SVC. Its confidence is the largest margin."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from benchmarks.nlu.workers.protocol import Answer, Request, run


def fit(request: Request, folder: Path) -> None:
    """Train and keep."""
    features = make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                          TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True))
    model = make_pipeline(features, LinearSVC(random_state=request.seed))
    model.fit([text for _, text in request.lines], [label for label, _ in request.lines])
    joblib.dump(model, folder / "model.joblib")


def load(folder: Path) -> Answer:
    """The model that was kept."""
    model = joblib.load(folder / "model.joblib")

    def answer(text: str) -> tuple[str, float]:
        margins = model.decision_function([text])[0]
        if len(model.classes_) == 2:  # scikit-learn gives one number then, of the second class
            margins = np.array([-margins, margins])
        best = int(margins.argmax())
        return str(model.classes_[best]), float(margins[best])

    return answer


if __name__ == "__main__":
    run(fit, load)
