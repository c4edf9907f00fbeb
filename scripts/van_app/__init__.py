"""A crew phone's app without its screens: what to copy when you build the real one. Read it in this order.

  clock      two clocks, because a phone's wall clock may be a year off, and be set right at any moment
  ids        ids are made here, once: that is what makes sending twice harmless
  sealing    what families said is sealed before it is written down, so that a stolen phone tells nothing
  kept       one operation, and what became of it
  queue      the SQLite file in which everything waits; whatever the crew was told is kept, is on the disk
  wire       one request and its answer; whatever is not clearly an answer is none
  batches    what travels together, and in which order
  pushing    sending, and what each answer means for an operation
  pulling    what an offline day needs, fetched page by page
  proving    what the server holds for certain, and a backup too: only that is forgotten
  syncing    push, pull, prove; and what to do when it comes to nothing
  rescue     the queue as a file, when the phone is broken or its token has ended
  checking   what is looked at before anything is kept (the words are in `words`)
  recording  how one thing that the crew entered gets into the queue
  arriving   the buttons that open and close a visit, and which visit an arrival joins
  keeping    the buttons at a visit: sell, count, note, void
  phone      all of it as one object
  finding, screen, commands, looking, traffic   only for van.py, the command line

Standard library and `cryptography` only; nothing of the server is imported. README, "For those who build the
phone's app", tells the same in words.
"""
