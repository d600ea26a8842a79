"""Python LightGBM's side of the benchmark: one JSON task per line in, one JSON answer per line out.

A task names the train and test files (CSV: target first), where predictions go, and LightGBM's parameters. The time is that
of binning and training, as on the other side.
"""

import json
import sys
import time

import lightgbm
import numpy

for line in sys.stdin:
    task = json.loads(line)
    train = numpy.loadtxt(task["train"], delimiter=",", skiprows=1)
    test = numpy.loadtxt(task["test"], delimiter=",", skiprows=1)
    features, target = numpy.ascontiguousarray(train[:, 1:]), train[:, 0]
    began, cpu = time.perf_counter(), time.process_time()
    data = lightgbm.Dataset(features, target, params=task["params"])
    model = lightgbm.train(task["params"], data, task["trees"])
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    numpy.savetxt(task["predictions"], model.predict(test[:, 1:]), fmt="%.17g")
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu}), flush=True)
