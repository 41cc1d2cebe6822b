"""Categories taken together: clusters, trees, and what sets a group apart."""
