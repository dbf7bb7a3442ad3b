"""Figures, run by `make bench`; each prints what it measured and the comparison in the same run."""
