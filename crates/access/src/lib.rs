//! Token verification, the local issuer, passwords.
