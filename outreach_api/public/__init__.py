"""What anyone may see. It reads what was published and nothing else, so that nothing else can leak."""
