"""What changes about people, phones and their tokens, one file for each thing."""
