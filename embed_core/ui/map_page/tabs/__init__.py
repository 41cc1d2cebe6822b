"""What stands below the map."""
