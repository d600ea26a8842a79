"""Reads a model of ours with LightGBM, and trains one of its own. usage: MODEL TRAIN.csv OUT.json OWN_MODEL"""

import json
import sys

import lightgbm
import numpy

model_file, data_file, out_file, own_file = sys.argv[1:]
table = numpy.genfromtxt(data_file, delimiter=",", skip_header=1)
target, features = table[:, 0], table[:, 1:]
model = lightgbm.Booster(model_file=model_file)
own = lightgbm.train(
    {"objective": "binary", "verbosity": -1, "num_leaves": 12, "max_bin": 2047, "num_threads": 1, "deterministic": True, "seed": 1},
    lightgbm.Dataset(features, target, feature_name=model.feature_name(), categorical_feature=[features.shape[1] - 1]),
    30,
)
own.save_model(own_file)
with open(out_file, "w", encoding="utf-8") as out:
    json.dump(
        {
            "probabilities": model.predict(features).tolist(),
            "contributions": model.predict(features[:50], pred_contrib=True).tolist(),
            "own": own.predict(features).tolist(),
            "ownContributions": own.predict(features[:50], pred_contrib=True).tolist(),
        },
        out,
    )
