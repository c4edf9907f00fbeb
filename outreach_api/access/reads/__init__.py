"""What is read about people, phones and their tokens, one file for each thing."""
