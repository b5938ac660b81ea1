-- Identity. Whoever was signed in signs in anew: those sign-ins do not say when they began. Moments are epoch seconds.
delete from sessions;
-- Whose sign-in a web session is, when it began, when it ends whatever happens, when somebody last did something, from where, with which
-- browser. Null in the web session of a visitor who has not signed in.
alter table sessions add column account text;
alter table sessions add column began bigint;
alter table sessions add column ends bigint;
alter table sessions add column seen bigint;
alter table sessions add column address text;
alter table sessions add column browser text;
create index sessions_by_account on sessions (account);

-- Whether the password was made by somebody else and must be changed, whether signing in is stopped, the last sign-in.
alter table accounts add column one_time integer not null default 0;
alter table accounts add column disabled integer not null default 0;
alter table accounts add column signed_in bigint;
-- The second factor: its secret, sealed (server/src/door/seal.rs), whether it was confirmed, and the newest time step that was used.
alter table accounts add column totp blob;
alter table accounts add column totp_on integer not null default 0;
alter table accounts add column totp_step bigint not null default 0;
create table recovery_codes (account text not null, hash blob not null, primary key (account, hash));
-- Who this is to the provider of single sign-on: its issuer and its subject. Null for accounts with a password.
alter table accounts add column subject text;
create unique index accounts_by_subject on accounts (subject);
