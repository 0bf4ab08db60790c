"""The digital twin: callers and agents over real SIP and RTP, by a plan that a seed determines."""
