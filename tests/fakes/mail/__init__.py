"""Real mail servers, private and on loopback: pymap and Dovecot for IMAP, aiosmtpd for SMTP."""
