-- The past. Moments are epoch seconds by AWS's clock; flags are 0 or 1.

-- Samples: seats of a fleet, and of all fleets together under the empty name. `at` is where a bucket of `step` seconds begins.
-- The key begins with time, so that what is too old lies at the front: dropping it costs what it drops and needs no second index.
create table capacity (
    account text not null, region text not null, step integer not null, at bigint not null, fleet text not null,
    in_use integer not null, available integer not null, pending integer not null, desired integer, max integer not null,
    sessions integer, connected integer,
    primary key (account, region, step, at, fleet)
);

-- Sessions. While one is open, `last_seen` is its first_seen: `observed` tells up to when all open ones were there.
create table session_history (
    account text not null, region text not null, id text not null,
    user_id text not null, stack text not null, fleet text not null,
    started bigint, first_seen bigint not null, last_seen bigint not null, ended bigint, ended_known integer not null default 0,
    primary key (account, region, id)
);
create index session_history_by_end on session_history (account, region, ended);
create index session_history_by_begin on session_history (account, region, first_seen);

-- Since when a scope is observed, and up to when every session that is open here was seen.
create table observed (account text not null, region text not null, since bigint not null, until bigint not null, primary key (account, region));
