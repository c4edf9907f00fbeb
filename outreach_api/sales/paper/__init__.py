"""A receipt as the customer takes it along: the same words as text for a printer and as a page for a phone."""
