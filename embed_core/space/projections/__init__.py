"""Ways of drawing vectors in two or three dimensions, and what each keeps."""
