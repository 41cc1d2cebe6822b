"""What can color the map."""
