"""What can be done with learned vectors: neighbours, projections and how far to trust them."""
