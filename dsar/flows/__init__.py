"""What can be done with a request, as verbs. ``steps.take`` is the one door through which one changes its state."""
