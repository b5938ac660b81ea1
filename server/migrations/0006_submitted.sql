-- What came of forms that were sent, so that none is done twice. `key` is a SHA-256; `outcome` is null while it is being done.
create table submitted (key blob primary key, at bigint not null, outcome text);
create index submitted_by_time on submitted (at);
