"""Messages to people and organisations: templates, channels, preferences and delivery. Empty today."""
