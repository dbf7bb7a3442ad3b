"""`make bench`: every figure, and an exit code that says whether each promise is kept."""

import sys

from tests.benchmarks import bench_import, bench_parse

sys.exit(max(bench_parse.main(), bench_import.main()))
