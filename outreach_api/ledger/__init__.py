"""The one write path: every change, online or pushed, is an operation performed here."""
