"""kurukuru outreach: the API behind an outreach kitchen car and its neighbourhoods."""
