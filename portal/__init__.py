"""The project, and the kernel every app stands on."""
