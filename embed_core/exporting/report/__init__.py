"""A report that a person can read who was not there: one HTML file, which prints well."""
