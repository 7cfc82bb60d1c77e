"""What is owed to an agency: how old it is, and the reminders before and after it falls due."""
