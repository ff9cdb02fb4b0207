"""The log of looks: kept, shown to those who watch over it, and cleared when its time is over."""
