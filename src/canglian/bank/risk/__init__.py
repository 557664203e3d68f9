"""Rules and lists that stop or question a movement, and the cases that people then decide. Empty today."""
