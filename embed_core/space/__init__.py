"""What can be done with learned vectors: neighbors, projections and how far to trust them."""
