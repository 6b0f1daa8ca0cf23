"""One thread for each product of matrices. Two processes share two cores, where a second thread of each mostly waits
for the first, at up to half the price of a message. Processes that tests start inherit it."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
