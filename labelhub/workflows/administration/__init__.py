"""What an administrator does and sees: people, and the machinery that LabelHub runs on."""
