"""Working hours: is anybody here, when next, and how long in working time."""
