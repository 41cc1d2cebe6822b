"""From a file, an upload or a data frame to a table."""
