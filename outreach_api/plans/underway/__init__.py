"""The day itself: the crew's run sheet, how late the van is, and what to do with the rest of the day."""
