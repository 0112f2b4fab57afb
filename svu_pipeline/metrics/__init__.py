"""6. What each figure is, the contributions behind it, and its values by window and breakdown."""
