"""The counter: catalogue, receipts and their taxes, tickets, the counting of tills."""
