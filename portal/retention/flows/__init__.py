"""What is done about retention: look, approve, run, steer, apply again."""
