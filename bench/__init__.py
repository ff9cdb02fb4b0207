"""Measurements of the portal, all in one run and on one PostgreSQL: ``make bench``.

Figures of this machine mean little by themselves, so what has an aim is a ratio to the least that could do the same.
BENCH_EVENTS chooses the sizes of the ledger at which all of it is measured, by default ``10000,10000000``;
BENCH_ONLY names modules of this package to run alone.
"""
