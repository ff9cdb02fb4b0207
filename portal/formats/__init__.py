"""How dates and times are written, where Django’s own form differs from the portal’s."""
