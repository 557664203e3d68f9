"""What loans are worth: their class by how long they are overdue, interest that is not recognised, provisions."""
