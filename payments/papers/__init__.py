"""What is drawn on paper: the letterhead and the deposit receipt. It writes nothing."""
