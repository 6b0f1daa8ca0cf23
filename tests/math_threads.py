"""One thread for each product of matrices. The processes of the tests share two cores, so a second thread mostly waits
for the first. Processes that tests start inherit this."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
