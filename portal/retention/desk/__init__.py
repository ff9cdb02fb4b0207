"""Retention at the desk: its rules and what they would do, its runs, what goes next, and what went."""
