"""Tables: reading, profiling, counting and the gallery."""
