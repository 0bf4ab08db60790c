"""E-mail: mailboxes that are read over IMAP and answered over SMTP."""
