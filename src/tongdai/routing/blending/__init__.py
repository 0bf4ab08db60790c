"""How agents share their time between inbound contacts and outbound work."""
