"""What makes a token, a code and a holder what they are: plain values in and out."""
