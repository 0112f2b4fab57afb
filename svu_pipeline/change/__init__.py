"""Why a figure changed, what differs between two states of the data, and what a night would change before it is run."""
