"""Sign-in, sessions, users, teams, roles and rights, "why can X see this", and the audit pages."""
