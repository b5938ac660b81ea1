-- Operators' accounts, and web sessions. A session's key is the SHA-256 of its id: a copied database signs nobody in.
create table accounts (name text primary key, password_hash text not null, created_ms integer not null);
create table sessions (key blob primary key, data text not null, expires integer not null);
create index sessions_by_expiry on sessions (expires);
