"""Score the unread pool with a model and put it in the order in which it is worth a reader's time."""
