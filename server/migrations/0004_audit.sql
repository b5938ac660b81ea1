-- The audit: append-only records, each with a hash over itself and the one before. Only `record` says something; the other columns are
-- read from it, so a changed one cannot disagree with what is hashed.
create table audit (
    seq integer primary key, at bigint not null, record text not null, hash blob not null,
    phase text generated always as (record ->> '$.phase') virtual,
    of bigint generated always as (record ->> '$.of') virtual,
    who text generated always as (record ->> '$.who') virtual,
    action text generated always as (record ->> '$.action') virtual,
    outcome text generated always as (record ->> '$.outcome') virtual
);
create index audit_results on audit (of);

-- The newest record, so that a missing end is found as well.
create table audit_head (one integer primary key check (one = 1), seq integer not null, hash blob not null);
insert into audit_head (one, seq, hash) values (1, 0, zeroblob(32));

create trigger audit_stays before update on audit begin select raise(abort, 'the audit is append-only'); end;
create trigger audit_keeps before delete on audit begin select raise(abort, 'the audit is append-only'); end;
create trigger audit_in_order before insert on audit when new.seq <> (select seq from audit_head) + 1
begin select raise(abort, 'the audit is append-only'); end;
create trigger audit_head_keeps before delete on audit_head begin select raise(abort, 'the audit is append-only'); end;
create trigger audit_head_goes_on before update on audit_head when new.seq <> old.seq + 1
begin select raise(abort, 'the audit is append-only'); end;

-- Up to which record each receiver of the stream has them.
create table audit_sent (receiver text primary key, seq integer not null);
