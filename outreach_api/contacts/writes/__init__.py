"""What is written about contacts, one file for each thing."""
