"""What is known of each column, and what it suggests."""
