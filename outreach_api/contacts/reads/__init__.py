"""What is read about contacts, one file for each thing. Only reads/texts.py opens a note's text."""
