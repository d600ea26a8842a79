"""Confidence-based estimates as NannyML defines them, by scikit-learn: a task on stdin as JSON, the metrics on stdout.

Every row stands for a positive of weight p and a negative of weight 1 - p, p being its score calibrated on the reference.
"""

import json
import sys

import numpy
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, roc_auc_score

task = json.load(sys.stdin)
reference, current = numpy.array(task["reference"]), numpy.array(task["current"])
curve = IsotonicRegression(out_of_bounds="clip").fit(reference[:, 0], reference[:, 1])
share = curve.predict(current)
label = numpy.repeat([1, 0], len(current))
score, weight = numpy.tile(current, 2), numpy.concatenate([share, 1 - share])
flagged = current >= task["threshold"]
print(
    json.dumps(
        {
            "rocAuc": roc_auc_score(label, score, sample_weight=weight),
            "averagePrecision": average_precision_score(label, score, sample_weight=weight),
            "precision": share[flagged].mean(),
            "recall": share[flagged].sum() / share.sum(),
        }
    )
)
