-- Long acts. A job is worked on, item after item, until nothing waits; `due` is when it may go on after a failure that passes.
create table jobs (
    id integer primary key autoincrement,
    made bigint not null,
    ended bigint,
    who text not null,
    origin text not null,
    scope text not null,
    work text not null,
    state text not null,
    why text not null default '',
    tries bigint not null default 0,
    due bigint not null default 0
);
-- `about` is the subject's label: what fails for a user takes along what else was meant for them.
create table job_items (
    job bigint not null references jobs (id) on delete cascade,
    n bigint not null,
    about text not null,
    subject text not null,
    state text not null default 'waiting',
    tries bigint not null default 0,
    told text not null default '',
    failure text,
    at bigint,
    primary key (job, n)
);
create index job_items_by_state on job_items (job, state, n);
