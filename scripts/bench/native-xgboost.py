"""Times native XGBoost: `native-xgboost.py ROWS.csv` reads a label-first CSV, then for each line on standard input trains once on one
thread with tree_method hist and answers with the seconds it took."""

import json
import sys
import time

import numpy
import xgboost

rows = numpy.loadtxt(sys.argv[1], delimiter=",", dtype=numpy.float32)
parameters = json.loads(sys.argv[2])
rounds = int(parameters.pop("num_round"))
for _ in sys.stdin:
    start = time.perf_counter()
    matrix = xgboost.DMatrix(rows[:, 1:], rows[:, 0], nthread=1)
    xgboost.train({**parameters, "tree_method": "hist", "nthread": 1}, matrix, rounds)
    print(time.perf_counter() - start, flush=True)
