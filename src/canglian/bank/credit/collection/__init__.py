"""Collection: agreed debits of what falls due, promises to pay, contacts and cases, reminders by stage."""
